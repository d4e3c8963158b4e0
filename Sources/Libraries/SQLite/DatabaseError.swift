internal import CSQLite
internal import Glibc

/// What went wrong with a store, sorted by what its owner must do now.
package enum DatabaseError: Error, Hashable, Sendable {
    /// SQLite's own words about a failure.
    package struct Details: Hashable, Sendable {
        /// The path that was opened.
        package let file: String
        /// The extended result code, such as 778 for `SQLITE_IOERR_WRITE`.
        package let code: Int32
        package let message: String

        package init(file: String, code: Int32, message: String) {
            self.file = file
            self.code = code
            self.message = message
        }
    }

    /// The file is not what SQLite wrote.
    case damaged(Details)
    /// The kernel could not read, write or sync, or has no memory: what was committed last is unknown.
    case io(Details)
    /// No room on the disk or under a quota: nothing is damaged, and nothing was written.
    case full(Details)
    /// The row is at fault, not the store: a broken constraint, or a value that is too long.
    case constraint(Details)
    /// Somebody else has the file locked; there must be nobody else.
    case busy(Details)
    /// The file can't be opened, or not for writing.
    case cannotOpen(Details)
    /// The caller is wrong: SQL that does not parse, parameters that don't match, a nested transaction.
    case misuse(Details)
    /// A setting the promises rest on did not take.
    case setting(file: String, name: String, wanted: String, found: String)
    /// The file was written by a newer version of this program.
    case newerSchema(file: String, found: Int64, known: Int64)

    /// What the owner of the store must do now.
    package enum Remedy: Hashable, Sendable {
        /// Answer nothing more and exit 70. Never retry in place: after one failed sync the next one
        /// reports success although the pages were dropped.
        case exit
        /// Keep running and reading, refuse writes until there is room.
        case refuseWrites
        /// Refuse this row; its neighbours are fine.
        case refuseRow
        /// Try again later.
        case retry
        /// Stay down until a person has changed something: the message says what.
        case stayDown
        /// A fault of this program.
        case fix
    }

    /// Whether the file is not what SQLite wrote, which no new start mends: it is left as it is, and neither
    /// written nor served.
    package var isDamage: Bool { if case .damaged = self { true } else { false } }

    package var remedy: Remedy {
        switch self {
        case .damaged, .io: .exit
        case .full: .refuseWrites
        case .constraint: .refuseRow
        case .busy: .retry
        case .cannotOpen, .setting, .newerSchema: .stayDown
        case .misuse: .fix
        }
    }

    /// Sorts a result code; `systemError` is the errno behind it, where there is one.
    init(code: Int32, systemError: Int32, message: String, file: String) {
        let details = Details(file: file, code: code, message: message)
        switch code & 0xff {
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .damaged(details)
        case SQLITE_FULL: self = .full(details)
        case SQLITE_IOERR where Self.isLackOfRoom(code, systemError): self = .full(details)
        case SQLITE_IOERR: self = .io(details)
        case SQLITE_NOMEM: self = .io(details)
        case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH: self = .constraint(details)
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: self = .busy(details)
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            self = .cannotOpen(details)
        default: self = .misuse(details)
        }
    }

    /// SQLite calls only ENOSPC "full"; a quota and a file size limit come as failed writes.
    ///
    /// A failed *sync* is never mere lack of room: the kernel may have dropped the pages.
    private static func isLackOfRoom(_ code: Int32, _ systemError: Int32) -> Bool {
        let failedWrites = [3 << 8, 19 << 8].map { SQLITE_IOERR | $0 }  // …_WRITE, …_SHMSIZE
        return failedWrites.contains(code) && [ENOSPC, EDQUOT, EFBIG].contains(systemError)
    }
}

extension DatabaseError: CustomStringConvertible {
    /// One line for people: the file, what is wrong, what to do.
    package var description: String {
        switch self {
        case .damaged(let it): it.line("damaged", cure: "leave it as it is and restore a backup")
        case .io(let it): it.line("cannot be read, written or synced", cure: "check the disk")
        case .full(let it): it.line("has no room", cure: "free disk space")
        case .constraint(let it): it.line("refused a row", cure: "report this")
        case .busy(let it): it.line("is locked", cure: "stop whatever else has it open")
        case .cannotOpen(let it):
            it.line("cannot be opened for writing", cure: "check the path, its owner and mode")
        case .misuse(let it): it.line("was used wrongly", cure: "report this")
        case .setting(let file, let name, let wanted, let found):
            "\(file): PRAGMA \(name) is \(found), not \(wanted); use a local file system"
        case .newerSchema(let file, let found, let known):
            "\(file): has schema \(found), this version knows \(known); start the newer version"
        }
    }
}

extension DatabaseError.Details {
    fileprivate func line(_ what: String, cure: String) -> String {
        "\(file): \(what) (\(message), \(code)); \(cure)"
    }
}
