internal import CloudAPI
internal import Digest
internal import FoundationEssentials
internal import JSON
internal import SQLite
internal import Wire

/// Finds what is of erased people, whom only hashes of their keys name, and blanks or drops it.
///
/// A message keeps its row, so that its idempotency key still stands; nothing in it tells whom it was for.
final class ErasureTable {
    /// What stands in place of a request that is gone; such a message never leaves.
    static let blankRequest = Data("{}".utf8)
    /// What stands in place of a recipient and a wamid.
    private static let blank = "erased"

    private let database: Database
    private let addressees, unsettled, blankAttempts, dropLife, blankMessages, keys, writers,
        dropKey, dropWriter, dropMedia, keepFile, files, addFile, dropFile, addUncleaned,
        findUncleaned, dropUncleaned: Statement
    private let encoder = JSONEncoder.gateway()

    /// Takes over the tables that `OutboxSchema` made.
    ///
    /// - Throws: `DatabaseError`.
    init(in database: Database) throws {
        self.database = database
        addressees = try database.prepare(
            "SELECT DISTINCT recipient_kind, recipient FROM messages WHERE taken_at < ?")
        let mine = "recipient_kind = ?1 AND recipient = ?2 AND taken_at < ?3"
        unsettled = try database.prepare(
            "SELECT number FROM messages WHERE \(mine) AND state IN ('queued', 'held')")
        let numbers = "(SELECT number FROM messages WHERE \(mine))"
        blankAttempts = try database.prepare(
            "UPDATE attempts SET problem = NULL, wamid = NULL WHERE message IN \(numbers)")
        dropLife = try database.prepare("DELETE FROM stub_life WHERE message IN \(numbers)")
        // ?4 is the moment, ?5 the problem that stands for any.
        blankMessages = try database.prepare(
            """
            UPDATE messages SET request = ?6, reference = NULL, recipient_kind = 'user',
                recipient = '\(Self.blank)', problem = iif(problem IS NULL, NULL, ?5),
                wamid = iif(wamid IS NULL, NULL, '\(Self.blank)'), on_unknown = ?7,
                discarded_at = iif(\(OutboxSchema.settledStates), discarded_at, ?4)
            WHERE \(mine)
            """)
        keys = try database.prepare("SELECT key FROM people")
        writers = try database.prepare("SELECT DISTINCT person FROM wrote WHERE at < ?")
        dropKey = try database.prepare("DELETE FROM people WHERE key = ?")
        dropWriter = try database.prepare("DELETE FROM wrote WHERE person = ? AND at < ?")
        keepFile = try database.prepare(
            """
            INSERT OR IGNORE INTO erased_files SELECT file FROM media
            WHERE id = ? AND file IS NOT NULL
            """)
        dropMedia = try database.prepare("DELETE FROM media WHERE id = ?")
        files = try database.prepare("SELECT file FROM erased_files")
        addFile = try database.prepare("INSERT OR IGNORE INTO erased_files VALUES (?)")
        dropFile = try database.prepare("DELETE FROM erased_files WHERE file = ?")
        addUncleaned = try database.prepare("INSERT OR IGNORE INTO uncleaned VALUES (1)")
        findUncleaned = try database.prepare("SELECT 1 FROM uncleaned")
        dropUncleaned = try database.prepare("DELETE FROM uncleaned")
    }

    /// The recipients that a person was written to under.
    func recipients(of person: ErasedPerson) throws -> [Recipient] {
        let names = Set(person.keys)
        return try addressees.all(.integer(person.before.milliseconds)) { row in
            Recipient.Kind(rawValue: row.text(0)).map { Recipient($0, row.text(1)) }
        }.compactMap { $0 }.filter { names.contains(Self.name(of: $0.partyKey)) }
    }

    /// Messages to them that are still to go.
    func unsettled(to recipient: Recipient, before time: Int64) throws -> [Int64] {
        try unsettled.all(
            .text(recipient.kind.rawValue), .text(recipient.value), .integer(time)
        ) { $0.integer(0) }
    }

    /// Takes out of the messages to them what they say and to whom; `now` is the wall clock in ms.
    func blank(to recipient: Recipient, before time: Int64, at now: Int64) throws {
        let mine: [Parameter] = [
            .text(recipient.kind.rawValue), .text(recipient.value), .integer(time),
        ]
        try blankAttempts.run(mine[0], mine[1], mine[2])
        try dropLife.run(mine[0], mine[1], mine[2])
        try blankMessages.run(
            mine[0], mine[1], mine[2], .integer(now),
            .blob(try encoder.encode(Problem.erased)), .blob(Self.blankRequest),
            .text(SendBody.OnUnknown.hold.rawValue))
    }

    /// Forgets who is who, and when they wrote.
    func forget(_ person: ErasedPerson) throws {
        let names = Set(person.keys)
        let time = Parameter.integer(person.before.milliseconds)
        let known = try keys.all { $0.text(0) }
        for key in known where names.contains(Self.name(of: key)) {
            try dropKey.run(.text(key))
        }
        let wrote = try writers.all(time) { $0.text(0) }
        for key in wrote where names.contains(Self.name(of: key)) {
            try dropWriter.run(.text(key), time)
        }
        for id in person.media {
            try keepFile.run(.text(id))
            try dropMedia.run(.text(id))
        }
    }

    /// Notes that a file is nobody's and to be removed.
    func left(_ file: String) throws { try addFile.run(.text(file)) }

    /// Names of files that are to be removed.
    func leftFiles() throws -> [String] { try files.all { $0.text(0) } }

    /// Notes that a file is gone.
    func removed(_ file: String) throws { try dropFile.run(.text(file)) }

    // MARK: The file

    /// Notes that pages of the file have copies of what went.
    func noteUncleaned() throws { try addUncleaned.run() }

    func isUncleaned() throws -> Bool { try findUncleaned.first { _ in true } ?? false }

    /// Notes that no page has any.
    func noteCleaned() throws { try dropUncleaned.run() }

    private static func name(of key: String) -> String {
        Hex.encode(SHA256.digest(Data(key.utf8)))
    }
}

extension Problem {
    /// Why a message to an erased person does not go out.
    static let erased = Problem(
        .erased, status: 410, "The person was erased before this went out.",
        hint: "Send it again if they are to be written to all the same.")
}
