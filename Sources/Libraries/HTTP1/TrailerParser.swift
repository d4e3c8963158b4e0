/// Reads the fields after the last chunk (RFC 9112 §7.1.2), checks them, and keeps none.
///
/// Nothing downstream reads a trailer, so that none can pass for a header.
struct TrailerParser: Sendable {
    private enum State: Sendable {
        case fieldStart, name, value, lineFeed, endLineFeed
    }

    /// Fields that would change framing, routing or who is asking (RFC 9110 §6.5.1).
    private static let forbidden = [
        "Content-Length", "Transfer-Encoding", "Host", "Authorization", "Content-Encoding",
        "Content-Type", "Content-Range", "Connection", "Expect", "Trailer", "Upgrade", "TE",
        "Cookie", "Set-Cookie", "X-Hub-Signature-256", "Idempotency-Key",
    ]
    private static let longestForbidden = 19

    private var state = State.fieldStart
    private var count = 0
    private var fields = 0
    /// The name being read, up to one byte more than the longest forbidden one.
    private var name: [UInt8] = []

    /// - Returns: whether this byte ends the section.
    mutating func read(_ byte: UInt8) throws(RequestError) -> Bool {
        count += 1
        guard count <= Limit.trailers else { throw .malformedTrailer }
        switch state {
        case .fieldStart:
            if byte == .carriageReturn {
                state = .endLineFeed
            } else {
                fields += 1
                guard ByteSet.token.contains(byte), fields <= Limit.trailerFields else {
                    throw .malformedTrailer
                }
                name = [byte]
                state = .name
            }
        case .name:
            if byte == UInt8(ascii: ":") {
                let isForbidden = Self.forbidden.contains { name.span.equalsIgnoringCase($0) }
                guard !isForbidden else { throw .malformedTrailer }
                state = .value
            } else {
                guard ByteSet.token.contains(byte) else { throw .malformedTrailer }
                if name.count <= Self.longestForbidden { name.append(byte) }
            }
        case .value:
            if byte == .carriageReturn {
                state = .lineFeed
            } else {
                guard byte.isFieldValue else { throw .malformedTrailer }
            }
        case .lineFeed:
            guard byte == .lineFeed else { throw .malformedTrailer }
            state = .fieldStart
        case .endLineFeed:
            guard byte == .lineFeed else { throw .malformedTrailer }
            return true
        }
        return false
    }
}
