/// What was answered, journaled and applied, day by day, with every gap by name; as it goes out over HTTP.
package struct AuditReport: Codable, Hashable, Sendable {
    /// Whether all that was answered for is applied, or on its way.
    package var whole: Bool
    package var days: [Day]
    package var gaps: [Gap]
    package var journals: [Extent]

    package init(whole: Bool, days: [Day], gaps: [Gap], journals: [Extent]) {
        self.whole = whole
        self.days = days
        self.gaps = gaps
        self.journals = journals
    }

    /// One day of one journal; `entries` is what those after it add up to.
    package struct Day: Codable, Hashable, Sendable {
        /// As `2026-11-26`, UTC.
        package var day: String
        package var process: Service
        /// Callers that were told 200, as far as that was noted.
        package var answered: Int64
        /// Entries that were written.
        package var entries: Int64
        /// Those that inbox applied.
        package var applied: Int64
        /// Those that inbox has not got yet.
        package var waiting: Int64
        /// Those that inbox keeps whole, and could not read.
        package var setAside: Int64
        /// Those that were gone before inbox had them.
        package var lost: Int64

        package init(
            day: String, process: Service, answered: Int64, entries: Int64, applied: Int64,
            waiting: Int64, setAside: Int64, lost: Int64
        ) {
            self.day = day
            self.process = process
            self.answered = answered
            self.entries = entries
            self.applied = applied
            self.waiting = waiting
            self.setAside = setAside
            self.lost = lost
        }

        package enum CodingKeys: String, CodingKey {
            case day, process, answered, entries, applied, waiting, lost
            case setAside = "set_aside"
        }
    }

    /// Something that does not add up.
    package struct Gap: Codable, Hashable, Sendable {
        package enum Kind: String, Codable, Sendable {
            /// More was answered than written.
            case unjournaled
            case setAside = "set_aside"
            /// A part of an entry whose other parts were applied.
            case unreadPart = "unread_part"
            case lost
        }
        package var kind: Kind
        package var message: String
        package var hint: String

        package init(_ kind: Kind, _ message: String, hint: String) {
            self.kind = kind
            self.message = message
            self.hint = hint
        }
    }

    /// Where a journal begins and ends: what a backup must meet for a rebuild.
    package struct Extent: Codable, Hashable, Sendable {
        package var process: Service
        package var origin: String
        package var oldest: JournalPosition?
        package var newest: JournalPosition?

        package init(
            process: Service, origin: String, oldest: JournalPosition?, newest: JournalPosition?
        ) {
            self.process = process
            self.origin = origin
            self.oldest = oldest
            self.newest = newest
        }
    }
}
