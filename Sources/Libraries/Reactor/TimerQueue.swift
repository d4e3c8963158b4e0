/// What is to run when: a heap of instants, with bodies that can be taken back.
///
/// Taking one back leaves its place in the heap; the heap is rebuilt when most places are such
/// (deadlines are nearly always cancelled, thousands of times a second).
struct TimerQueue<Body> {
    private struct Place {
        let at: ContinuousClock.Instant
        let id: UInt64

        func precedes(_ other: Place) -> Bool { at != other.at ? at < other.at : id < other.id }
    }

    /// Below this many dead places a rebuild costs more than it saves.
    private static var tolerated: Int { 1_024 }

    private var heap: [Place] = []
    private var bodies: [UInt64: Body] = [:]
    private var last: UInt64 = 0

    /// Keeps `body` for `at` and names it.
    mutating func add(_ body: Body, at: ContinuousClock.Instant) -> UInt64 {
        last += 1
        bodies[last] = body
        heap.append(Place(at: at, id: last))
        siftUp(heap.count - 1)
        return last
    }

    /// Forgets the body of that name; a name that has run or was forgotten is ignored.
    mutating func remove(_ id: UInt64) {
        bodies[id] = nil
        let dead = heap.count - bodies.count
        guard dead > Self.tolerated, dead > heap.count / 2 else { return }
        heap.removeAll { bodies[$0.id] == nil }
        for index in heap.indices.reversed() { siftDown(index) }
    }

    /// When the next body is due; nil if none is kept.
    mutating func next() -> ContinuousClock.Instant? {
        dropDead()
        return heap.first?.at
    }

    /// Takes the earliest body that is due at `now`, if one is.
    mutating func popDue(_ now: ContinuousClock.Instant) -> Body? {
        dropDead()
        guard let first = heap.first, first.at <= now else { return nil }
        removeFirst()
        return bodies.removeValue(forKey: first.id)
    }

    private mutating func dropDead() {
        while let first = heap.first, bodies[first.id] == nil { removeFirst() }
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        if !heap.isEmpty { siftDown(0) }
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].precedes(heap[least]) { least = child }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
