/// Every bound of this library in one place, with the reason for its value.
///
/// Sizes are bytes. What is at its limit is served, one more is refused.
package enum Limit {
    /// The request line without its CRLF; RFC 9112 §3 asks for at least 8,000.
    package static let requestLine = 8_192
    /// A method's name; the longest registered one has 17 letters, the longest known here 7.
    package static let method = 16
    /// One field line without its CRLF; a Meta webhook's longest is under 200.
    package static let fieldLine = 8_192
    /// Request line, fields and the empty line together; what Node and most proxies allow.
    package static let head = 16_384
    /// Field lines in one head; a webhook behind two proxies carries about 20.
    package static let fields = 64
    /// A `Host` value: the longest DNS name (253) and room for a port.
    package static let host = 260

    /// Hex digits of a chunk's size: 4 GiB, far above every body limit, so that no sum overflows.
    package static let chunkSizeDigits = 8
    /// Chunk extensions of a whole request; nobody sends them but attackers.
    package static let chunkExtensions = 256
    /// The trailer section, which is read only to be dropped.
    package static let trailers = 4_096
    /// Fields in the trailer section.
    package static let trailerFields = 16

    /// The boundary of a form (RFC 2046 §5.1.1).
    package static let boundary = 70
    /// Parts of a form; one has a file and a few small fields.
    package static let formParts = 16
    /// The fields before a part's content, with the empty line: a long file name, and little else.
    package static let formPartHead = 4_096

    /// Requests answered on one connection before it is closed, so that no peer stays for ever.
    package static let requestsPerConnection = 10_000
    /// Unread bytes kept while an answer is owed; beyond it the caller stops reading.
    ///
    /// Pipelined requests wait here as bytes, not as parsed heads. One head's worth is sixteen
    /// requests of a usual size.
    package static let waiting = head
    /// Bytes read and dropped after an error answer, so that the peer can read it (RFC 9112 §9.6).
    package static let linger = 65_536
    /// Storage an idle connection keeps for its next request.
    static let keptStorage = 4_096
    /// The most memory set aside for a body before its bytes have arrived.
    ///
    /// Beyond it storage grows with what was received, so a claim alone costs nothing.
    static let reservedBody = 262_144
    /// Space offered to one read of a body: what a socket usually holds.
    static let bodyRead = 65_536
}
