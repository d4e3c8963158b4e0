internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import SQLite

/// The account's templates as Meta listed them last, for a start without Meta.
final class TemplateTable {
    private let select, insert, delete, asOf, setAsOf: Statement
    private let decoder = JSONDecoder()

    /// Takes over the tables that `OutboxSchema` made.
    ///
    /// - Throws: `DatabaseError`.
    init(in database: Database) throws {
        select = try database.prepare("SELECT template FROM templates WHERE account = ?")
        insert = try database.prepare(
            """
            INSERT INTO templates VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET template = excluded.template
            """)
        delete = try database.prepare(
            "DELETE FROM templates WHERE account = ? AND name = ? AND language = ?")
        asOf = try database.prepare("SELECT as_of FROM template_lists WHERE account = ?")
        setAsOf = try database.prepare(
            """
            INSERT INTO template_lists VALUES (?, ?)
            ON CONFLICT DO UPDATE SET as_of = excluded.as_of
            """)
    }

    /// The list of an account, and how old it is (wall clock, ms); nil when it was never asked for.
    func list(of account: String) throws -> (TemplateList, asOf: Int64)? {
        guard let time = try asOf.first(.text(account), read: { $0.integer(0) }) else { return nil }
        // One that can't be read any more is missing until Meta is asked again.
        let templates = try select.all(.text(account)) { row in
            (try? decoder.decode(JSONValue.self, from: row.blob(0))).flatMap { Template($0) }
        }
        return (TemplateList(templates.compactMap { $0 }), time)
    }

    func keep(_ template: Template, of account: String) throws {
        try insert.run(
            .text(account), .text(template.key.name), .text(template.key.language),
            .blob(template.raw.encoded()))
    }

    /// Keeps what is different from the list before.
    func keep(
        _ changed: [Template], without gone: [TemplateKey], of account: String, asOf time: Int64
    ) throws {
        for template in changed { try keep(template, of: account) }
        for key in gone { try delete.run(.text(account), .text(key.name), .text(key.language)) }
        try setAsOf.run(.text(account), .integer(time))
    }
}
