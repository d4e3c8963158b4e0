package import Reactor
package import Wire

/// How far a journal has got, and a ring whenever it gets further. Only touched on the loop.
///
/// It remembers the head, so that a ring between a look and a wait is not lost.
// Unchecked: only touched on the loop's thread, which every entrance checks.
package final class EntryBell: @unchecked Sendable {
    private let loop: EventLoop
    private let bell: Bell
    private var known: JournalHead?
    /// When the first entry came that was not shipped yet, in ms since 1970; nil when all is shipped.
    private(set) var waitingSince: Int64?

    package init(on loop: EventLoop) {
        self.loop = loop
        bell = Bell(on: loop)
    }

    /// The journal's name and the newest entry that was rung for; nil before the first ring.
    package var head: JournalHead? {
        loop.checkIsolated()
        return known
    }

    /// Says that everything up to `head` is committed and synced; the first ring is this one.
    package func ring(_ head: JournalHead) {
        loop.checkIsolated()
        known = head
        if waitingSince == nil { waitingSince = Clocks.wall }
        bell.ring()
    }

    /// Says that everything up to `seq` is committed and synced.
    package func ring(newest seq: Int64) {
        loop.checkIsolated()
        guard let known, seq > known.seq else { return }
        ring(JournalHead(origin: known.origin, seq: seq))
    }

    /// Says that inbox has everything up to `seq`.
    func shipped(upTo seq: Int64) {
        loop.checkIsolated()
        if let known, seq >= known.seq { waitingSince = nil }
    }

    /// Says that the journal has a new name.
    package func rename(_ origin: String) {
        loop.checkIsolated()
        if let known { self.known = JournalHead(origin: origin, seq: known.seq) }
    }

    /// Waits until there is an entry after `seq`: true; false after `limit` or when cancelled.
    package func wait(beyond seq: Int64, atMost limit: Duration) async -> Bool {
        loop.checkIsolated()
        if let known, known.seq > seq { return true }
        return await bell.wait(atMost: limit)
    }
}
