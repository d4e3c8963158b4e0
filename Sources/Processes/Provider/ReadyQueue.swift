/// What can go from one number: single sends first, and bulk not never.
///
/// Only the order is decided here; whether the first one may go now is its owner's business.
struct ReadyQueue: Sendable {
    /// While bulk waits, at least one in so many that go is bulk.
    static let bulkShare = 10

    private var single = Heap<Int64>()
    private var bulk = Heap<Int64>()
    /// Single sends that went while bulk waited, since bulk went last.
    private var passedOver = 0

    private var isBulksTurn: Bool {
        !bulk.isEmpty && (single.isEmpty || passedOver >= Self.bulkShare - 1)
    }

    /// The number of the message that is next.
    var first: Int64? { isBulksTurn ? bulk.first : single.first }
    var isEmpty: Bool { single.isEmpty && bulk.isEmpty }

    mutating func insert(_ number: Int64, priority: Int) {
        if priority == Ticket.single { single.insert(number) } else { bulk.insert(number) }
    }

    mutating func removeFirst() {
        _ = isBulksTurn ? bulk.removeFirst() : single.removeFirst()
    }

    /// One of that priority goes; it is out of the queue already.
    mutating func went(priority: Int) {
        passedOver = priority == Ticket.single && !bulk.isEmpty ? passedOver + 1 : 0
    }

    /// About how many go before one of that priority that comes now.
    func ahead(ofPriority priority: Int) -> Int {
        let turnsOfBulk = min(bulk.count, single.count / (Self.bulkShare - 1))
        return single.count + (priority == Ticket.single ? turnsOfBulk : bulk.count)
    }
}
