internal import SQLite

/// The statements of one database, each parsed at its first use and kept.
///
/// They are found by the address of their literal, so that a look-up does not read the text.
final class StatementCache {
    let database: Database
    private var statements: [UnsafePointer<UInt8>: Statement] = [:]
    /// What was parsed so far: a test asks SQLite how each finds its rows.
    private(set) var texts: [String] = []

    init(_ database: Database) { self.database = database }

    /// The statement of that text; don't use it inside its own rows.
    ///
    /// - Throws: `DatabaseError.misuse` for SQL that SQLite does not take.
    func callAsFunction(_ text: StaticString) throws -> Statement {
        if let known = statements[text.utf8Start] { return known }
        let statement = try database.prepare("\(text)")
        statements[text.utf8Start] = statement
        texts.append("\(text)")
        return statement
    }
}
