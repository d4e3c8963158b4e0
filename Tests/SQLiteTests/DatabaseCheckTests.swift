import FoundationEssentials
import SQLite
import TestSupport
import Testing

@Suite("A check of a whole file")
struct DatabaseCheckTests {
    let folder: TemporaryFolder
    var path: String { folder.file("a.db") }

    init() throws { folder = try TemporaryFolder() }

    /// Makes a file of some hundred pages and closes it.
    private func fill() throws {
        let database = try Database(path: path)
        try database.execute(
            """
            CREATE TABLE t (x INTEGER PRIMARY KEY, y BLOB);
            WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 500)
            INSERT INTO t SELECT x, randomblob(1000) FROM n;
            """)
    }

    private func damage(pages: Range<Int>) throws {
        let file = URL(filePath: path)
        var bytes = try Data(contentsOf: file)
        bytes.replaceSubrange(
            pages.lowerBound * 4_096..<pages.upperBound * 4_096,
            with: Data(repeating: 0x55, count: pages.count * 4_096))
        try bytes.write(to: file)
    }

    @Test("finds nothing wrong with a sound one, while its owner writes")
    func sound() async throws {
        try fill()
        let database = try Database(path: path)
        try database.execute("BEGIN IMMEDIATE; INSERT INTO t VALUES (501, 'x')")
        try await DatabaseCheck.run(path)
        try database.execute("COMMIT")
        #expect(try database.prepare("SELECT count(*) FROM t").first { $0.integer(0) } == 501)
    }

    @Test("finds a page that is none, which its owner has not met yet", arguments: [20, 60, 100])
    func damaged(page: Int) async throws {
        try fill()
        try damage(pages: page..<page + 1)
        let database = try Database(path: path)
        #expect(try database.prepare("SELECT x FROM t WHERE x = 1").first { $0.integer(0) } == 1)
        let error = try await #require(throws: DatabaseError.self) {
            try await DatabaseCheck.run(path)
        }
        #expect(error.isDamage)
        #expect("\(error)".contains(path) && "\(error)".contains("restore a backup"))
    }

    @Test("of a file that is gone says that it cannot be read, not that it is damaged")
    func gone() async throws {
        let error = try await #require(throws: DatabaseError.self) {
            try await DatabaseCheck.run(path)
        }
        #expect(!error.isDamage)
    }

    @Test("is due after an owner who did not close the file, and only then")
    func leftOpen() async throws {
        try fill()
        do { #expect(!(try Database(path: path).wasLeftOpen)) }
        do {
            let first = try Database(path: path)
            try first.execute("INSERT INTO t VALUES (501, 'x')")
            // As a killed process leaves it.
            let copy = folder.file("b.db")
            for end in ["", "-wal"] {
                try Data(contentsOf: URL(filePath: path + end))
                    .write(to: URL(filePath: copy + end))
            }
            #expect(try Database(path: copy).wasLeftOpen)
            #expect(!(try Database(path: copy).wasLeftOpen), "closed in order")
            _ = consume first
        }
    }
}
