import FoundationEssentials
import SQLite
import TestSupport
import Testing

@Suite("A statement")
struct StatementTests {
    let folder: TemporaryFolder
    let database: Database

    init() throws {
        folder = try TemporaryFolder()
        database = try Database(path: folder.file("a.db"))
        try database.execute("CREATE TABLE t (i INTEGER, s TEXT, b BLOB, u INTEGER)")
    }

    @Test(
        "every value comes back as it was bound",
        arguments: [
            (Int64.min, "", Data(), UInt64.max),
            (0, "a\u{0}b", Data([0]), 0),
            (Int64.max, "नमस्ते \u{1F44B}", Data((0...255).map { UInt8($0) }), 1 << 63),
        ])
    func roundTrip(integer: Int64, text: String, blob: Data, bits: UInt64) throws {
        try database.prepare("INSERT INTO t VALUES (?, ?, ?, ?)").run(
            .integer(integer), .text(text), .blob(blob), .bits(bits))
        #expect(database.changes == 1)
        let found = try database.prepare("SELECT i, s, b, u FROM t").first { row in
            (row.integer(0), row.text(1), row.blob(2), row.bits(3))
        }
        #expect(try #require(found) == (integer, text, blob, bits))
    }

    @Test("an empty blob is not NULL, and NULL reads as nil or as nothing")
    func nullAndEmpty() throws {
        try database.prepare("INSERT INTO t VALUES (?, ?, ?, ?)").run(nil, nil, .blob(Data()), nil)
        let seen = try database.prepare("SELECT b, i, s, u FROM t").first { row in
            let missing = row.optionalInteger(1) == nil && row.optionalText(2) == nil
            return (row.optionalBlob(0), missing, row.text(2), row.isNull(3))
        }
        #expect(try #require(seen) == (Data(), true, "", true))
    }

    @Test("several blobs are bound at once, each where it lies")
    func severalBlobs() throws {
        let first = Data(repeating: 1, count: 100_000)
        let second = Data(repeating: 2, count: 3)
        let equal = try database.prepare("SELECT ?1 = ?3, ?2 = ?3").first(
            .blob(first), .blob(second), .blob(first)
        ) { [$0.integer(0), $0.integer(1)] }
        #expect(equal == [1, 0])
    }

    @Test("reading stops when it is told to, and the statement can be run again")
    func stops() throws {
        let numbers = try database.prepare(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?) SELECT x FROM n"
        )
        var seen: [Int64] = []
        try numbers.forEach(100) { row in
            seen.append(row.integer(0))
            return seen.count == 3 ? .stop : .next
        }
        #expect(seen == [1, 2, 3])
        #expect(try numbers.all(5) { $0.integer(0) } == [1, 2, 3, 4, 5])
    }

    @Test("what a reader throws comes out, and the statement is free again")
    func readersMayThrow() throws {
        struct Stop: Error {}
        let one = try database.prepare("SELECT 1")
        #expect(throws: Stop.self) { try one.forEach { _ in throw Stop() } }
        #expect(try one.first { $0.integer(0) } == 1)
    }

    @Test(
        "SQL that is wrong, empty or more than one statement is our mistake",
        arguments: ["SELEKT", "", "SELECT 1; SELECT 2", "SELECT * FROM nowhere"])
    func wrongSQL(sql: String) {
        #expect { try database.prepare(sql) } throws: { ($0 as? DatabaseError)?.remedy == .fix }
    }

    @Test("a wrong number of parameters is our mistake, and binds nothing", arguments: [0, 1, 3])
    func wrongParameters(count: Int) throws {
        let two = try database.prepare("SELECT ?, ?")
        #expect {
            try two.execute(Array(repeating: 1, count: count)) { _ in .next }
        } throws: { ($0 as? DatabaseError)?.remedy == .fix }
        #expect(try two.first(1, 2) { $0.integer(1) } == 2)
    }

    @Test("a statement inside its own rows is refused")
    func reentry() throws {
        let one = try database.prepare("SELECT 1")
        #expect {
            try one.forEach { _ in
                try one.run()
                return .next
            }
        } throws: { ($0 as? DatabaseError)?.remedy == .fix }
    }
}
