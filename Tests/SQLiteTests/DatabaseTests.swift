import Glibc
import SQLite
import TestSupport
import Testing

@Suite("A database")
struct DatabaseTests {
    let folder: TemporaryFolder
    var path: String { folder.file("a.db") }

    init() throws { folder = try TemporaryFolder() }

    private func opened() throws -> Database {
        let database = try Database(path: path)
        try database.execute("CREATE TABLE IF NOT EXISTS t (x INTEGER UNIQUE NOT NULL)")
        return database
    }

    private func count(_ database: Database) throws -> Int64? {
        try database.prepare("SELECT count(*) FROM t").first { $0.integer(0) }
    }

    @Test(
        "each setting is what the promises rest on",
        arguments: [
            ("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"),
            ("busy_timeout", "0"), ("mmap_size", "0"), ("trusted_schema", "0"),
            ("cell_size_check", "1"),
        ])
    func settings(name: String, answer: String) throws {
        let found = try opened().prepare("PRAGMA \(name)").first { $0.text(0) }
        #expect(found == answer)
    }

    @Test("the file and its companions are for their owner alone")
    func mode() throws {
        let database = try opened()
        for name in ["", "-wal", "-shm"] {
            var status = stat()
            #expect(stat(path + name, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
        _ = consume database
    }

    @Test("a committed transaction is there after reopening, one that threw is not")
    func transactions() throws {
        struct Stop: Error {}
        do {
            let database = try opened()
            try database.transaction { try database.execute("INSERT INTO t VALUES (1)") }
            #expect(throws: Stop.self) {
                try database.transaction {
                    try database.execute("INSERT INTO t VALUES (2)")
                    throw Stop()
                }
            }
            #expect(!database.isInTransaction)
        }
        let database = try opened()
        try database.checkpoint()
        #expect(try count(database) == 1)
        #expect(try database.quickCheck() == [])
    }

    @Test("a transaction inside a transaction is our mistake, and undoes the outer one")
    func nested() throws {
        let database = try opened()
        #expect {
            try database.transaction {
                try database.execute("INSERT INTO t VALUES (1)")
                try database.transaction {}
            }
        } throws: { ($0 as? DatabaseError)?.remedy == .fix }
        #expect(try count(database) == 0)
    }

    @Test("a broken constraint refuses its row alone", arguments: ["NULL", "1"])
    func constraint(value: String) throws {
        let database = try opened()
        try database.transaction {
            try database.execute("INSERT INTO t VALUES (1)")
            #expect {
                try database.execute("INSERT INTO t VALUES (\(value))")
            } throws: { ($0 as? DatabaseError)?.remedy == .refuseRow }
            try database.execute("INSERT INTO t VALUES (2)")
        }
        #expect(try count(database) == 2)
    }

    @Test("a full store refuses writes, keeps what it has, and takes writes again when it can")
    func full() throws {
        let database = try opened()
        try database.execute("CREATE TABLE filler (b BLOB); PRAGMA max_page_count=8")
        let insert = try database.prepare("INSERT INTO filler VALUES (zeroblob(?))")
        #expect { try insert.run(100_000) } throws: {
            ($0 as? DatabaseError)?.remedy == .refuseWrites
        }
        #expect(try database.quickCheck() == [])
        try database.execute("PRAGMA max_page_count=1000")
        try insert.run(100_000)
    }

    @Test("a file size limit is lack of room, not a broken disk")
    func fileSizeLimit() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let folder = try TemporaryFolder()
            let database = try Database(path: folder.file("a.db"))
            try database.execute("CREATE TABLE t (b BLOB)")
            var limit = rlimit(rlim_cur: 64 << 10, rlim_max: 64 << 10)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #expect {
                try database.prepare("INSERT INTO t VALUES (zeroblob(?))").run(1_000_000)
            } throws: { ($0 as? DatabaseError)?.remedy == .refuseWrites }
        }
    }

    @Test("a file that is no database, or a damaged one, ends the owner")
    func damaged() throws {
        let file = try #require(fopen(path, "w"))
        fputs(String(repeating: "this is not a database. ", count: 1_000), file)
        fclose(file)
        #expect { try Database(path: path) } throws: { ($0 as? DatabaseError)?.remedy == .exit }
    }

    @Test("a path in no folder keeps the owner down, naming the path")
    func noFolder() throws {
        let path = folder.file("none/a.db")
        #expect { try Database(path: path) } throws: { error in
            (error as? DatabaseError)?.remedy == .stayDown && "\(error)".contains(path)
        }
    }

    @Test("a second writer is told that the file is locked, at once")
    func locked() throws {
        let first = try opened()
        let second = try Database(path: path)
        try first.transaction { () throws -> Void in
            #expect { try second.execute("BEGIN IMMEDIATE") } throws: {
                ($0 as? DatabaseError)?.remedy == .retry
            }
        }
    }

    @Test("a reader sees what was committed, and cannot write")
    func reader() throws {
        let writer = try opened()
        try writer.execute("INSERT INTO t VALUES (1)")
        let reader = try Database(path: path, as: .reader)
        #expect(try count(reader) == 1)
        #expect(throws: DatabaseError.self) { try reader.execute("INSERT INTO t VALUES (2)") }
    }

    @Test("a file that was replaced or removed is noticed", arguments: [true, false])
    func displaced(replaced: Bool) throws {
        let database = try opened()
        #expect(!database.isDisplaced)
        #expect(rename(path, folder.file("b.db")) == 0)
        if replaced { _ = try Database(path: path) }
        #expect(database.isDisplaced)
        try database.execute("INSERT INTO t VALUES (1)")
        #expect(try count(database) == 1)
    }
}
