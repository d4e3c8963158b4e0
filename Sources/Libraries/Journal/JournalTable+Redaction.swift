internal import FoundationEssentials
internal import SQLite
package import Wire

/// Up to where the entries of a journal were looked at for people who were erased.
package struct Checked: Hashable, Sendable {
    /// Inbox's digest of who was erased, when the look began; empty: never.
    package let erasures: String
    package let seq: Int64

    package init(erasures: String, seq: Int64) {
        self.erasures = erasures
        self.seq = seq
    }
}

extension JournalTable {
    /// Up to where it was looked, as of the last `redact`.
    ///
    /// - Throws: `DatabaseError`.
    package func lookedAt() throws -> Checked {
        try checked.first { Checked(erasures: $0.text(0), seq: $0.integer(1)) }
            ?? Checked(erasures: "", seq: 0)
    }

    /// Writes what is left of entries over what they were, and notes up to where it was looked.
    ///
    /// The number, the mark and the time of an entry stay, and so does the length of its body, with blanks at its
    /// end (which JSON passes over): SQLite then writes it over the old one where it lies, and no page has a
    /// copy of that one left.
    /// - Throws: `DatabaseError`.
    package func redact(_ bodies: [RedactedBody], checked: Checked) throws {
        for left in bodies {
            let length = try length(of: left.position.seq)
            var body = left.body
            if body.count < length {
                body.append(Data(repeating: UInt8(ascii: " "), count: length - body.count))
            }
            try redact.run(
                .integer(left.position.seq), .bits(left.position.mark), .blob(body))
        }
        leavesTraces = leavesTraces || !bodies.isEmpty
        try note.run(.text(checked.erasures), .integer(checked.seq))
    }

    private func length(of seq: Int64) throws -> Int {
        try database.prepare("SELECT length(body) FROM journal WHERE seq = ?")
            .first(.integer(seq)) { Int($0.integer(0)) } ?? 0
    }

    /// Empties the database's log, if it has anything of somebody who was erased; not in a transaction.
    ///
    /// - Throws: `DatabaseError`; `busy` when somebody else reads the file: try again.
    package func sweep() throws {
        guard leavesTraces else { return }
        try database.checkpoint()
        leavesTraces = false
    }
}
