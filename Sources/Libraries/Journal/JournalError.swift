package import SQLite
package import Wire

/// Why a journal did not take an entry, or can't be read.
package enum JournalError: Error, Hashable, Sendable {
    /// It was not opened, or its start checkpoint is not through.
    case notOpen
    /// Too many bytes wait for the disk.
    case overloaded(waiting: Int)
    /// The path no longer names the open file: what is written now would die with the process.
    case displaced(path: String)
    /// This entry alone can't be kept.
    case refused(DatabaseError)
    /// The store failed; its remedy says for how long.
    case store(DatabaseError)
    /// Inbox says it stands where what was shipped to it does not lead, twice in a row.
    case disagreement(shipped: JournalPosition?, found: JournalPosition?)

    /// What the store itself said.
    var storeError: DatabaseError? {
        switch self {
        case .store(let error), .refused(let error): error
        case .notOpen, .overloaded, .displaced, .disagreement: nil
        }
    }

    /// Whether this journal will take and give nothing more, so that its owner should end (exit 70).
    package var isFinal: Bool {
        switch self {
        case .store(let error): error.remedy == .exit
        case .notOpen, .overloaded, .displaced, .refused, .disagreement: false
        }
    }
}

extension JournalError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notOpen: "the journal is not open yet"
        case .overloaded(let waiting): "\(waiting) bytes wait for the journal's disk; try again"
        case .displaced(let path):
            "\(path): was moved or replaced while open; put nothing in its place while it is in use"
        case .disagreement(let shipped, let found):
            "inbox stands at \(found?.seq ?? 0) after entry \(shipped?.seq ?? 0) was shipped; report this"
        case .refused(let error), .store(let error): error.description
        }
    }
}
