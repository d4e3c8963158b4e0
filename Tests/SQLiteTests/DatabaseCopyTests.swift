import FoundationEssentials
import SQLite
import TestSupport
import Testing

/// Copies of a database in use.
struct DatabaseCopyTests {
    /// More pages than one step copies.
    private static func filled(_ path: String, rows: Int) throws -> Database {
        let database = try Database(path: path)
        try database.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, body BLOB NOT NULL)")
        let insert = try database.prepare("INSERT INTO t (body) VALUES (zeroblob(4000))")
        try database.transaction { for _ in 0..<rows { try insert.run() } }
        return database
    }

    private static func count(_ path: String) throws -> Int64 {
        let copy = try Database(path: path)
        #expect(try copy.quickCheck().isEmpty)
        return try copy.prepare("SELECT count(*) FROM t").first { $0.integer(0) } ?? 0
    }

    @Test("what is written between two steps is in the copy too, once")
    func copiesWhatIsWrittenMeanwhile() throws {
        let folder = try TemporaryFolder()
        let database = try Self.filled(folder.file("a.db"), rows: 3_000)
        let copy = try DatabaseCopy(of: database, to: folder.file("b.db"))
        #expect(try copy.step() == false)
        try database.transaction {
            try database.execute("INSERT INTO t (body) VALUES (zeroblob(4000))")
            try database.execute("DELETE FROM t WHERE n = 1")
            try database.execute("UPDATE t SET body = x'01' WHERE n IN (2, 3000)")
        }
        while try !copy.step() {}
        #expect(try Self.count(folder.file("b.db")) == 3_000)
        let changed = try Database(path: folder.file("b.db"))
            .prepare("SELECT count(*) FROM t WHERE body = x'01'").first { $0.integer(0) }
        #expect(changed == 2)
    }

    @Test("a copy takes the place of the one before, and only its owner may read it")
    func replacesTheOneBefore() throws {
        let folder = try TemporaryFolder()
        try Data("not a database".utf8).write(to: URL(filePath: folder.file("b.db")))
        let database = try Self.filled(folder.file("a.db"), rows: 1)
        let copy = try DatabaseCopy(of: database, to: folder.file("b.db"))
        while try !copy.step() {}
        #expect(try Self.count(folder.file("b.db")) == 1)
        #expect(mode(of: folder.file("b.db")) == 0o600)
    }

    @Test("a copy that cannot be made says why, and its database goes on")
    func failureLeavesTheDatabase() throws {
        let folder = try TemporaryFolder()
        let database = try Self.filled(folder.file("a.db"), rows: 2)
        #expect(throws: DatabaseCopy.Failure.self) {
            try DatabaseCopy(of: database, to: folder.file("missing/b.db"))
        }
        try database.execute("INSERT INTO t (body) VALUES (x'01')")
        #expect(try database.prepare("SELECT count(*) FROM t").first { $0.integer(0) } == 3)
    }

    @Test("a copy that is given up leaves the database as it was")
    func canBeGivenUp() throws {
        let folder = try TemporaryFolder()
        let database = try Self.filled(folder.file("a.db"), rows: 3_000)
        do {
            let copy = try DatabaseCopy(of: database, to: folder.file("b.db"))
            #expect(try copy.step() == false)
        }
        DatabaseCopy.remove(folder.file("b.db"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("b.db")))
        try database.checkpoint()
        #expect(try database.quickCheck().isEmpty)
    }
}
