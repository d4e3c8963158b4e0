internal import Wire

/// Where inbox stands in each journal, kept on the loop, and how late it is: a value without a clock.
struct Positions {
    /// A read is not held back for a journal that is later than this: it would wait in vain.
    static let lateness: Int64 = 2_000

    private struct Standing {
        var seq: Int64 = 0
        /// Entries beyond `seq` that somebody asked for, and since when: milliseconds, boot clock.
        var wanted: (seq: Int64, since: Int64)?
        /// How old the newest applied entry was when it was applied; 0 once all there was is applied.
        var delay: Int64 = 0
    }

    private var standings: [String: Standing] = [:]
    /// Up to which moment, by the boot clock in milliseconds, all is here that a process answered for.
    private(set) var completeTo: [Service: Int64] = [:]

    /// Takes over what the store found when it was opened.
    mutating func start(_ origin: String, at seq: Int64) {
        standings[origin, default: Standing()].seq = seq
    }

    /// Notes what a batch came to; `now` is the wall clock, milliseconds.
    mutating func applied(
        _ origin: String, of process: Service, to seq: Int64, writtenAt: Int64?,
        completeTo: Int64?, now: Int64
    ) {
        var standing = standings[origin] ?? Standing()
        standing.seq = seq
        standing.delay = completeTo != nil ? 0 : max(0, now - (writtenAt ?? now))
        if let wanted = standing.wanted, wanted.seq <= seq { standing.wanted = nil }
        standings[origin] = standing
        if let completeTo {
            self.completeTo[process] = max(completeTo, self.completeTo[process] ?? 0)
        }
    }

    /// Notes that a read wants to see that much; `now` is the boot clock, milliseconds.
    mutating func want(_ heads: [JournalHead], now: Int64) {
        for head in heads where head.seq > standings[head.origin]?.seq ?? 0 {
            let since = standings[head.origin]?.wanted?.since ?? now
            let seq = max(head.seq, standings[head.origin]?.wanted?.seq ?? 0)
            standings[head.origin, default: Standing()].wanted = (seq, since)
        }
    }

    /// What is missing; nil when everything is here.
    ///
    /// `now` is the boot clock, milliseconds.
    func behind(_ heads: [JournalHead], now: Int64) -> Behind? {
        var (entries, lateness): (Int64, Int64) = (0, 0)
        for head in heads {
            let standing = standings[head.origin] ?? Standing()
            guard head.seq > standing.seq else { continue }
            entries += head.seq - standing.seq
            let waited = standing.wanted.map { now - $0.since } ?? 0
            lateness = max(lateness, waited, standing.delay)
        }
        return entries == 0 ? nil : Behind(entries: entries, seconds: lateness / 1_000)
    }

    /// Whether waiting for that is of no use.
    func isLate(_ heads: [JournalHead], now: Int64) -> Bool {
        heads.contains { head in
            guard let standing = standings[head.origin], head.seq > standing.seq else {
                return false
            }
            let waited = standing.wanted.map { now - $0.since } ?? 0
            return max(waited, standing.delay) > Self.lateness
        }
    }
}
