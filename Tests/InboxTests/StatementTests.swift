import FoundationEssentials
import SQLite
import Testing

@testable import Inbox

@Suite("How statements find their rows")
struct StatementTests {
    /// Tables of a few rows, or read whole on purpose: at a start, for health, for an audit.
    private static let whole: Set = [
        "SELECT value FROM epoch LIMIT 1", "SELECT after FROM search_pending LIMIT 1",
        "UPDATE search_pending SET after = ?", "DELETE FROM search_pending",
        "SELECT id, party FROM conversations", "SELECT origin, seq, mark, at FROM origins",
        "SELECT count(*) FROM conversations", "SELECT count(*) FROM unparsed",
        "SELECT count(*) FROM holes", "SELECT messages FROM counts",
        "SELECT count(*) FROM remains WHERE due <= ?",
        "SELECT number FROM remains WHERE due <= ? ORDER BY number DESC LIMIT 1",
        "INSERT INTO remains(at, due) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM remains WHERE due > ?1)",
        "DELETE FROM ended",
        "INSERT INTO ended(at) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM trying)",
        // Of an erasure, too.
        "SELECT key FROM identities",
        "DELETE FROM moves WHERE conversation = ?",
        """
        SELECT iif(one = ?1, other, one) FROM links WHERE (one = ?1 OR other = ?1) AND (at, seq) < \
        (?2, ?3)
        """,
        "DELETE FROM links WHERE (one = ?1 OR other = ?1) AND (at, seq) < (?2, ?3)",
        "SELECT 1 FROM links WHERE one = ?1 OR other = ?1 LIMIT 1",
        "SELECT origin, first, last FROM holes ORDER BY origin, first",
        "SELECT process, origin, seq, mark FROM origins ORDER BY process, at",
        "SELECT origin, seq, at, kind, path, error FROM unparsed ORDER BY at DESC, seq DESC LIMIT ?",
        "UPDATE epoch SET value = lower(hex(randomblob(8)))",
        "SELECT place, name, count FROM unknown_names ORDER BY count DESC, place, name",
        """
        SELECT e.trouble FROM account_events AS e INDEXED BY account_troubles WHERE \
        e.trouble <> '' AND NOT EXISTS ( SELECT 1 FROM account_events AS n WHERE n.subject = \
        e.subject AND n.subject <> '' AND (n.time, n.at, n.key) > (e.time, e.at, e.key)) \
        ORDER BY e.time, e.at, e.key
        """,
    ]

    /// The first or last row by its number; SQLite says of these no more than of a whole table.
    private static let ends: Set = [
        "SELECT max(id) FROM changes", "SELECT min(id) FROM changes",
        "SELECT max(rowid) FROM messages", "SELECT max(number) FROM moves",
        "SELECT min(number) FROM moves",
    ]

    /// An erasure is rare, and looks at all that may be somebody's.
    private static let rare: Set = ["Fold+Erase.swift", "Erasures.swift"]

    /// Every literal of the sources that is a statement, other than those of the schema.
    private static func statements() throws -> [String] {
        let folder = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/Processes/Inbox").path(percentEncoded: false)
        var statements: [String] = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder)
        where name.hasSuffix(".swift") && !name.hasPrefix("Schema") && !rare.contains(name) {
            let source = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            for (index, part) in source.split(
                separator: "\"\"\"", omittingEmptySubsequences: false
            ).enumerated() {
                if index.isMultiple(of: 2) {
                    statements += part.matches(of: #/"([A-Z]+ [^"\n]+)"/#).map { String($0.1) }
                } else {
                    statements.append(
                        part.split(whereSeparator: \.isWhitespace).joined(separator: " "))
                }
            }
        }
        return statements.filter { text in
            ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].contains { text.hasPrefix($0) }
        }
    }

    @Test("every statement of the fold and of readers goes by an index and sorts nothing")
    func noScans() async throws {
        let statements = try Self.statements()
        #expect(statements.count > 50)
        let inbox = try await StoreDouble()
        let scans = try await inbox.store.inspect { sql in
            try statements.filter { !Self.whole.contains($0) }.flatMap { text in
                let plan = try sql.database.prepare("EXPLAIN QUERY PLAN \(text)")
                var scans: [String] = []
                // One that is numbered may stand in several places.
                let count =
                    text.matches(of: #/\?(\d)/#).compactMap { Int($0.1) }.max()
                    ?? text.count { $0 == "?" }
                try plan.execute(Array(repeating: .null, count: count)) { row in
                    let line = row.text(3)
                    // Of an index of words: `M` is the query that it is searched for.
                    let isMatch = line.contains("VIRTUAL TABLE INDEX") && line.contains(":M")
                    // A greatest or smallest one is a SEARCH in words even where all rows are read.
                    let isWhole =
                        line.hasPrefix("SCAN") && line != "SCAN CONSTANT ROW" && !isMatch
                        || line.wholeMatch(of: /SEARCH \w+/) != nil && !Self.ends.contains(text)
                    if isWhole || line.contains("TEMP B-TREE") {
                        scans.append("\(line): \(text)")
                    }
                    return .next
                }
                return scans
            }
        }
        #expect(scans == [])
        // A name that is gone from the sources is gone from the list.
        #expect(Self.whole.union(Self.ends).subtracting(statements) == [])
    }
}
