/// Bytes received and not yet used; read into directly, given up when there are none.
struct InputBuffer: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where the unused bytes begin in `bytes`.
    private(set) var start = 0

    var count: Int { bytes.count - start }
    var isEmpty: Bool { count == 0 }
    var unused: ArraySlice<UInt8> { bytes[start...] }

    /// Offers at least `minimum` bytes of free space to `read`, which says how many it filled.
    mutating func fill<Failure: Error>(
        minimum: Int, _ read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        if start > 0 {
            bytes.removeSubrange(..<start)
            start = 0
        }
        return try bytes.fill(minimum, read)
    }

    mutating func consume(_ count: Int) {
        start += count
        precondition(start <= bytes.count, "consumed more than was received")
        guard start == bytes.count else { return }
        start = 0
        // A connection that has gone quiet holds next to nothing.
        if bytes.capacity > Limit.keptStorage {
            bytes = []
        } else {
            bytes.removeAll(keepingCapacity: true)
        }
    }

    mutating func take(_ count: Int) -> [UInt8] {
        let taken = Array(bytes[start..<start + count])
        consume(count)
        return taken
    }

    mutating func drop() { consume(count) }
}

extension [UInt8] {
    /// Appends what `read` puts into up to `capacity` bytes of uninitialised space.
    mutating func fill<Failure: Error>(
        _ capacity: Int, _ read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        var filled = 0
        try append(addingCapacity: capacity) { (output) throws(Failure) in
            try output.withUnsafeMutableBufferPointer { (space, count) throws(Failure) in
                filled = try read(UnsafeMutableRawBufferPointer(space))
                precondition((0...space.count).contains(filled), "read past the free space")
                count += filled
            }
        }
        return filled
    }
}
