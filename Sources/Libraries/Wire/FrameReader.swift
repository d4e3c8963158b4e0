package import FoundationEssentials

/// The limits of a frame: 4 bytes, unsigned, big-endian, of length; then that many bytes of JSON.
package enum Frame {
    /// A webhook of 4 MiB is 5.6 MiB in base64; the rest is room for the envelope.
    package static let maximumLength = 8 << 20
    package static let headerLength = 4

    /// The bytes that go before a payload of that length.
    package static func header(for length: Int) throws(WireError) -> [UInt8] {
        guard length <= maximumLength else { throw .frameTooLong(length) }
        return (0..<headerLength).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
    }
}

/// Cuts a stream of bytes into frames; a value without I/O.
package struct FrameReader {
    /// Bytes asked for when nothing is known of the frame to come; a webhook's verification fits.
    private static let chunk = 16 << 10
    /// More than this is given back once it is empty: one large frame must not keep its memory for ever.
    private static let kept = 16 * chunk

    private var buffer: [UInt8] = []
    /// Bytes of `buffer` that came from the stream and were not given out yet.
    private var filled = 0..<0

    package init() {}

    /// Lets `body` put bytes behind those at hand; it answers how many.
    package mutating func fill<Result>(
        _ body: (UnsafeMutableRawBufferPointer) throws -> (count: Int, result: Result)
    ) rethrows -> Result {
        makeRoom()
        let start = filled.upperBound
        let (count, result) = try buffer.withUnsafeMutableBytes { bytes in
            try body(UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
        }
        filled = filled.lowerBound..<(start + count)
        return result
    }

    /// The next whole payload; nil until more bytes have come.
    ///
    /// - Throws: `WireError.frameTooLong`; nothing after it can be trusted, so close the connection.
    package mutating func next() throws(WireError) -> Data? {
        guard let length = try expectedLength(), filled.count >= Frame.headerLength + length else {
            return nil
        }
        let start = filled.lowerBound + Frame.headerLength
        let payload = Data(buffer[start..<(start + length)])
        filled = (start + length)..<filled.upperBound
        if filled.isEmpty { filled = 0..<0 }
        return payload
    }

    /// Whether the stream may end here.
    package var isBetweenFrames: Bool { filled.isEmpty }

    private func expectedLength() throws(WireError) -> Int? {
        guard filled.count >= Frame.headerLength else { return nil }
        let header = buffer[filled.lowerBound..<(filled.lowerBound + Frame.headerLength)]
        let length = header.reduce(0) { $0 << 8 | Int($1) }
        guard length <= Frame.maximumLength else { throw .frameTooLong(length) }
        return length
    }

    private mutating func makeRoom() {
        if filled.isEmpty, buffer.count > Self.kept { buffer = [] }
        let expected = (try? expectedLength()).flatMap { $0 } ?? 0
        let wanted = max(Self.chunk, Frame.headerLength + expected - filled.count)
        if buffer.count - filled.upperBound >= min(wanted, Self.chunk) { return }
        // One piece of memory for the whole frame, and one move of what has come of it.
        var roomier = [UInt8](repeating: 0, count: max(Self.chunk, filled.count + wanted))
        roomier.withUnsafeMutableBytes { room in
            buffer.withUnsafeBytes {
                room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[filled]))
            }
        }
        buffer = roomier
        filled = 0..<filled.count
    }
}
