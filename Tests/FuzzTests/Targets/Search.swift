import CSQLite
import Synchronization

@testable import Inbox

/// Whatever is written is found by its own words, and no text is taken for syntax.
func readSearch(_ input: [UInt8]) throws {
    let text = String(decoding: input, as: UTF8.self)
    let query = SearchQuery(text)
    let isFound = try index.withLock { index in
        let words = try index ?? WordIndex()
        index = words
        return try words.isFound(text, by: query)
    }
    try promise("not found by its own words", isFound || !hasWords(text))
}

/// Whether anything of it is a word to the index, for which marks alone are none.
///
/// SQLite's tokenizer knows the characters of Unicode 6.1; a text with any other promises nothing.
private func hasWords(_ text: String) -> Bool {
    let isKnown = text.unicodeScalars.allSatisfy { ($0.properties.age ?? (.max, 0)) <= (6, 0) }
    return isKnown
        && SearchWords.pieces(of: text).contains { piece in
            guard case .words(let words) = piece else { return true }
            return words.unicodeScalars.contains { scalar in
                switch scalar.properties.generalCategory {
                case .uppercaseLetter, .lowercaseLetter, .otherLetter, .decimalNumber: true
                default: false
                }
            }
        }
}

private let index = Mutex<WordIndex?>(nil)

/// Words as Inbox keeps them, of one text at a time; in memory, which `Database` does not open.
private final class WordIndex {
    private let messages, parties: WordTable

    init() throws {
        messages = try WordTable("words, conversation")
        parties = try WordTable("words, digits")
    }

    /// Whether both a message of that text and a party of that name are found.
    func isFound(_ text: String, by query: SearchQuery) throws -> Bool {
        let (words, conversation) = (SearchWords.indexed(text), "conv_a1")
        return try messages.isFound(
            [words, SearchWords.token(of: conversation)], by: query.messages(in: [conversation]))
            && parties.isFound([words, ""], by: query.parties)
    }
}

/// One table of words, with at most one row.
private final class WordTable {
    private var database: OpaquePointer?
    private var insert, find: OpaquePointer?

    init(_ columns: String) throws {
        try check(sqlite3_open(":memory:", &database))
        try check(
            sqlite3_exec(
                database,
                """
                CREATE VIRTUAL TABLE t USING fts5(\(columns), columnsize = 0, prefix = '3',
                    tokenize = "unicode61 remove_diacritics 2 categories 'L* M* N* Co So'")
                """, nil, nil, nil))
        try check(
            sqlite3_prepare_v2(database, "INSERT INTO t VALUES (?, ?)", -1, &insert, nil))
        try check(sqlite3_prepare_v2(database, "SELECT 1 FROM t WHERE t MATCH ?", -1, &find, nil))
    }

    func isFound(_ row: [String], by expression: String) throws -> Bool {
        try check(sqlite3_exec(database, "BEGIN", nil, nil, nil))
        defer { sqlite3_exec(database, "ROLLBACK", nil, nil, nil) }
        try run(insert, row, SQLITE_DONE)
        return try run(find, [expression], SQLITE_ROW, SQLITE_DONE) == SQLITE_ROW
    }

    @discardableResult
    private func run(
        _ statement: OpaquePointer?, _ texts: [String], _ expected: CInt...
    ) throws -> CInt {
        defer { sqlite3_reset(statement) }
        for (index, text) in texts.enumerated() {
            try check(
                csqlite_bind_text(statement, CInt(index + 1), text, UInt64(text.utf8.count)))
        }
        let code = sqlite3_step(statement)
        try check(expected.contains(code) ? SQLITE_OK : code)
        return code
    }

    private func check(_ code: CInt) throws {
        guard code != SQLITE_OK else { return }
        throw BrokenPromise(description: String(cString: sqlite3_errmsg(database)))
    }
}
