internal import Reactor
package import SQLite

/// Whether a store takes writes, and if not, why.
package enum StoreCondition: Hashable, Sendable {
    case closed
    case ready
    /// Refused for the last time it was tried; every write tries again.
    case full(DatabaseError)
    /// The path names another file: ship what is there, then exit 70.
    case displaced
    /// Exit 70.
    case broken(DatabaseError)
    /// Left as it is, for a person to look at.
    case damaged(DatabaseError)

    /// What an error says of the store as a whole; nil when it is of one entry, or of a moment.
    init?(after error: any Error) {
        let found = (error as? JournalError)?.storeError ?? error as? DatabaseError
        if let found, found.isDamage {
            self = .damaged(found)
            return
        }
        switch error {
        case JournalError.store(let error) where error.remedy == .exit: self = .broken(error)
        case JournalError.store(let error) where error.remedy == .refuseWrites: self = .full(error)
        case JournalError.displaced: self = .displaced
        default: return nil
        }
    }
}

/// The condition of a store as the actor over it notes it, and tells it to its owner.
package struct StoreState: Sendable {
    package private(set) var condition = StoreCondition.closed
    private var fullness = Reminder()
    private let report: @Sendable (StoreCondition) -> Void

    /// Calls `report` whenever the condition becomes another, and again while it stays full.
    package init(report: @escaping @Sendable (StoreCondition) -> Void) { self.report = report }

    package mutating func become(_ next: StoreCondition) {
        let old = condition
        condition = next
        if case .full = next {
            if fullness.isDue() { report(next) }
        } else if next != old {
            report(next)
        }
    }

    /// Something was written: if there was no room, there is again.
    package mutating func noteCommit() {
        if case .full = condition { become(.ready) }
    }

    /// Notes what an error says of the store, and answers it; nil when it says nothing of it.
    package mutating func note(_ error: any Error) -> StoreCondition? {
        let found = StoreCondition(after: error)
        if let found { become(found) }
        return found
    }

    /// Notes damage alone; answers whether the error tells of any.
    package mutating func noteDamage(_ error: any Error) -> Bool {
        guard case .damaged(let found) = StoreCondition(after: error) else { return false }
        become(.damaged(found))
        return true
    }

    /// Notes what ends all writing.
    ///
    /// Lack of room is seen by the next write too, which says it to somebody.
    package mutating func noteEnd(_ error: any Error) {
        switch StoreCondition(after: error) {
        case .damaged(let found): become(.damaged(found))
        case .broken(let found): become(.broken(found))
        case .closed, .ready, .full, .displaced, nil: break
        }
    }
}
