internal import Wire

/// The newest events without a gap between them, so that many listeners cost inbox one reader.
///
/// A value without I/O; ids are of one inbox.
struct EventWindow: Sendable {
    /// One event as it is streamed.
    struct Framed: Sendable {
        let number: Int64
        let type: String
        let bytes: [UInt8]
    }

    /// What follows a listener's place.
    enum Next: Sendable {
        /// In order; perhaps none of the wanted kinds.
        case events([Framed], upTo: EventID)
        /// It is before the window, or of another inbox: inbox must be asked.
        case beyond
    }

    /// Events that are kept for listeners who are a little late: some seconds of a busy team.
    static let kept = 512

    /// The place after which the window begins; nothing is missing between it and `head`.
    private var start: EventID
    /// The place up to which everything is known.
    private(set) var head: EventID
    private var events: [Framed] = []

    /// An empty window after an event.
    init(after id: EventID) {
        start = id
        head = id
    }

    /// Adds what came after `head`, up to `next`.
    mutating func add(_ new: [Framed], upTo next: EventID) {
        events += new
        head = next
        let surplus = events.count - Self.kept
        guard surplus > 0 else { return }
        start = EventID(epoch: start.epoch, number: events[surplus - 1].number)
        events.removeFirst(surplus)
    }

    /// What a listener at `place` has not got yet.
    func next(after place: EventID, _ kinds: KindFilter) -> Next {
        guard place.epoch == head.epoch, place.number >= start.number else { return .beyond }
        // It may have asked inbox itself, and be ahead of the window.
        guard place.number < head.number else { return .events([], upTo: place) }
        let first = events.firstIndex { $0.number > place.number } ?? events.endIndex
        return .events(events[first...].filter { kinds.includes($0.type) }, upTo: head)
    }
}
