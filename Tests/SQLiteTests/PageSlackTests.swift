import Glibc
import TestSupport
import Testing

@testable import SQLite

@Suite("The unused part of a page")
struct PageSlackTests {
    /// A page with that header at its begin, or behind the file's.
    private static func slack(
        type: UInt8, cells: UInt16, first: UInt16, number: Int64 = 2, size: Int = 4_096
    ) -> Range<Int>? {
        var page = [UInt8](repeating: 0xFF, count: size)
        let header = number == 1 ? 100 : 0
        page[header] = type
        for (place, value) in [(3, cells), (5, first)] {
            page[header + place] = UInt8(value >> 8)
            page[header + place + 1] = UInt8(value & 0xFF)
        }
        return page.withUnsafeBytes { PageSlack.range(in: $0, number: number) }
    }

    @Test("lies between the list of cells and the first cell, in leaves and above them")
    func between() {
        for leaf in [UInt8(10), 13] {
            #expect(Self.slack(type: leaf, cells: 3, first: 4_000) == 14..<4_000)
        }
        for inner in [UInt8(2), 5] {
            #expect(Self.slack(type: inner, cells: 3, first: 4_000) == 18..<4_000)
        }
        #expect(Self.slack(type: 13, cells: 3, first: 4_000, number: 1) == 114..<4_000)
        #expect(Self.slack(type: 13, cells: 0, first: 4_096) == 8..<4_096)
        #expect(Self.slack(type: 13, cells: 0, first: 0, size: 65_536) == 8..<65_536)
    }

    @Test("is empty in a full page, and nowhere in a page that says what cannot be")
    func limits() {
        #expect(Self.slack(type: 13, cells: 1_996, first: 4_000) == 4_000..<4_000)
        #expect(Self.slack(type: 13, cells: 1_997, first: 4_000) == nil)
        #expect(Self.slack(type: 13, cells: 1, first: 4_096) == 10..<4_096)
        #expect(Self.slack(type: 13, cells: 1, first: 4_097) == nil)
        #expect(Self.slack(type: 13, cells: 1, first: 0) == nil)
    }

    @Test("is only a tree's", arguments: Set(UInt8.min...UInt8.max).subtracting([2, 5, 10, 13]))
    func kinds(type: UInt8) {
        #expect(Self.slack(type: type, cells: 3, first: 4_000) == nil)
    }

    /// People with rows of a table and of two indexes, in an order that moves them about.
    private struct People {
        let database: Database
        let path: String

        init(in folder: TemporaryFolder, named name: String) throws {
            path = folder.file(name)
            database = try Database(path: path)
            try database.execute(
                """
                CREATE TABLE IF NOT EXISTS people (key TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS words (n INTEGER PRIMARY KEY, person TEXT, word TEXT);
                CREATE INDEX IF NOT EXISTS by_person ON words (person, word)
                """)
        }

        func add(_ person: Int, words: Int, _ random: inout Seeded) throws {
            let key = Self.key(person)
            try database.prepare("INSERT OR IGNORE INTO people VALUES (?, ?)")
                .run(.text(key), .text("name of \(key)"))
            for _ in 0..<words {
                let word = String(repeating: "w", count: Int.random(in: 1...90, using: &random))
                try database.prepare("INSERT INTO words (n, person, word) VALUES (?, ?, ?)").run(
                    .integer(Int64.random(in: 0..<1 << 40, using: &random)), .text(key),
                    .text("\(word) \(key)"))
            }
        }

        func erase(_ person: Int) throws {
            let key = Self.key(person)
            try database.transaction {
                try database.prepare("DELETE FROM words WHERE person = ?").run(.text(key))
                try database.prepare("DELETE FROM people WHERE key = ?").run(.text(key))
            }
        }

        /// What SQLite reads of all rows.
        func rows() throws -> [String] {
            try database.prepare("SELECT key || name FROM people ORDER BY key").all { $0.text(0) }
                + database.prepare("SELECT n || person || word FROM words ORDER BY n").all {
                    $0.text(0)
                }
        }

        /// Who of those is somewhere in the file.
        func left(_ people: some Sequence<Int>) async throws -> Set<String> {
            try database.checkpoint()
            let keys = people.flatMap { ["-e", Self.key($0)] }
            let found = try await runToEnd(
                "/usr/bin/grep", ["-a", "-o", "-F"] + keys + [path], environment: ["LC_ALL": "C"])
            return Set(found.output.split(separator: "\n").map(String.init))
        }

        func clean() throws {
            var page: Int64? = 1
            while let next = page { page = try database.clean(from: next) }
        }

        static func key(_ person: Int) -> String { "person\(person * 7_919 % 10_000)." }
    }

    @Test("has nothing of deleted rows once it was cleaned, and all else is as it was")
    func cleaned() async throws {
        let folder = try TemporaryFolder()
        var leftBefore = 0
        for seed in UInt64(1)...12 {
            var random = Seeded(seed)
            let people = try People(in: folder, named: "\(seed).db")
            for _ in 0..<300 {
                try people.add(
                    Int.random(in: 0..<60, using: &random),
                    words: Int.random(in: 0..<8, using: &random), &random)
            }
            let erased = Set((0..<20).map { _ in Int.random(in: 0..<60, using: &random) })
            for person in erased { try people.erase(person) }
            leftBefore += try await people.left(erased).count
            let rows = try people.rows()
            try people.clean()
            #expect(try await people.left(erased) == [])
            #expect(try people.rows() == rows)
            #expect(try people.database.quickCheck() == [])
            // Pages that were in memory before are not written back as they were.
            for person in 60..<80 { try people.add(person, words: 8, &random) }
            #expect(try await people.left(erased) == [])
            for person in 60..<80 { try people.erase(person) }
            #expect(try people.rows() == rows)
            #expect(try people.database.quickCheck() == [])
        }
        #expect(leftBefore > 0, "without cleaning nothing is left: SQLite does it itself")
    }

    @Test("waits for who reads, and goes through a long file in steps")
    func steps() async throws {
        let folder = try TemporaryFolder()
        var random = Seeded(1)
        let people = try People(in: folder, named: "long.db")
        try people.database.transaction {
            try people.add(1, words: 30_000, &random)
        }
        try people.erase(1)
        try people.database.transaction { try people.add(2, words: 30_000, &random) }
        try people.add(3, words: 1, &random)
        let reader = try Database(path: people.path, as: .reader)
        let reading = try reader.prepare("SELECT n FROM words")
        _ = try reading.first { _ in
            #expect {
                _ = try people.database.clean(from: 1)
            } throws: {
                if case DatabaseError.busy = $0 { true } else { false }
            }
        }
        var steps = 0
        var page: Int64? = 1
        while let next = page {
            page = try people.database.clean(from: next)
            steps += 1
        }
        #expect(steps > 1)
        #expect(try people.database.clean(from: 1 << 20) == nil)
        #expect(try await people.left([1]) == [])
    }
}
