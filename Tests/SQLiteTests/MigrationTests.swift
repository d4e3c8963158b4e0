import SQLite
import TestSupport
import Testing

@Suite("A migration")
struct MigrationTests {
    let folder: TemporaryFolder
    let steps: [Migration] = [
        .sql("CREATE TABLE t (x INTEGER)"),
        Migration { try $0.prepare("INSERT INTO t VALUES (?)").run(7) },
        .sql("ALTER TABLE t ADD COLUMN y TEXT; UPDATE t SET y = 'new'"),
    ]

    init() throws { folder = try TemporaryFolder() }

    @Test("brings any older file to the last step, each step once", arguments: 0...3)
    func forward(from: Int) throws {
        let path = folder.file("a.db")
        do { try Database(path: path).migrate(Array(steps.prefix(from))) }
        let database = try Database(path: path)
        for _ in 0..<2 {
            try database.migrate(steps)
            let rows = try database.prepare("SELECT x, y FROM t").all { $0.text(0) + $0.text(1) }
            #expect(rows == ["7new"])
        }
    }

    @Test("refuses a file of a newer version by name, and changes nothing")
    func newer() throws {
        let path = folder.file("a.db")
        let database = try Database(path: path)
        try database.migrate(steps)
        #expect(throws: DatabaseError.newerSchema(file: path, found: 3, known: 2)) {
            try database.migrate(Array(steps.prefix(2)))
        }
    }

    @Test("a step that fails leaves the version before it")
    func failing() throws {
        let database = try Database(path: folder.file("a.db"))
        let broken = Migration {
            try $0.execute("INSERT INTO t VALUES (8)")
            try $0.execute("INSERT INTO nowhere VALUES (1)")
        }
        #expect(throws: DatabaseError.self) { try database.migrate([steps[0], broken]) }
        try database.migrate(steps)
        #expect(try database.prepare("SELECT x FROM t").all { $0.integer(0) } == [7])
    }
}
