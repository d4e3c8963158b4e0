package import SQLite

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

    /// Whether this journal will take and give nothing more, so that its owner should end (exit 70).
    package var isFinal: Bool {
        switch self {
        case .store(let error): error.remedy == .exit
        case .notOpen, .overloaded, .displaced, .refused: false
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
        case .refused(let error), .store(let error): error.description
        }
    }
}
