/// Takes the chunks of a body apart (RFC 9112 §7.1), byte after byte, stopping at the first error.
///
/// Stricter than the grammar: no blanks around anything, no bare LF (erratum 7633), and bounds on
/// sizes, extensions and trailers. Extensions and trailers are checked and dropped.
struct ChunkedDecoder: Sendable {
    private enum State: Sendable {
        case size, sizeLineFeed
        case extensionName, extensionValue, extensionToken, extensionQuoted, extensionEscape
        case extensionEnd
        case data, dataCarriageReturn, dataLineFeed
        case trailer
    }

    let limit: Int
    /// Bytes of the body that the size lines have announced so far.
    private var announced = 0
    private var state = State.size
    private var size = 0
    private var digits = 0
    private var isInName = false
    private var extensionBytes = 0
    private var trailer = TrailerParser()

    /// A decoder for a body of at most `limit` bytes.
    init(limit: Int) { self.limit = limit }

    /// Appends to `body` what `bytes` hold of it and says how many of them belong to the request.
    ///
    /// Stops at once when `body` has `full` bytes, so that what is thrown does not depend on cuts.
    /// - Returns: the bytes used, and whether the body is complete. Unless it is, or `body` is full,
    ///   all were used.
    mutating func read(
        _ bytes: ArraySlice<UInt8>, into body: inout [UInt8], full: Int
    ) throws(RequestError) -> (used: Int, isComplete: Bool) {
        var index = bytes.startIndex
        while index < bytes.endIndex, body.count < full {
            if case .data = state {
                let end = index + min(bytes.endIndex - index, size, full - body.count)
                body.append(contentsOf: bytes[index..<end])
                size -= end - index
                index = end
                if size == 0 { state = .dataCarriageReturn }
                continue
            }
            let isComplete = try readFraming(bytes[index])
            index += 1
            if isComplete { return (index - bytes.startIndex, true) }
        }
        return (index - bytes.startIndex, false)
    }

    /// - Returns: whether this byte ends the body.
    private mutating func readFraming(_ byte: UInt8) throws(RequestError) -> Bool {
        switch state {
        case .size: try readSize(byte)
        case .extensionName, .extensionValue, .extensionToken, .extensionQuoted,
            .extensionEscape, .extensionEnd:
            try readExtension(byte)
        case .sizeLineFeed:
            guard byte == .lineFeed else { throw .malformedChunk }
            state = size == 0 ? .trailer : .data
        case .dataCarriageReturn:
            guard byte == .carriageReturn else { throw .malformedChunk }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == .lineFeed else { throw .malformedChunk }
            (digits, size) = (0, 0)
            state = .size
        case .trailer:
            return try trailer.read(byte)
        case .data: break
        }
        return false
    }

    private mutating func readSize(_ byte: UInt8) throws(RequestError) {
        if let digit = byte.hexDigit {
            guard digits < Limit.chunkSizeDigits else { throw .malformedChunk }
            digits += 1
            size = size << 4 | Int(digit)
            return
        }
        guard digits > 0 else { throw .malformedChunk }
        switch byte {
        case .carriageReturn: state = .sizeLineFeed
        case UInt8(ascii: ";"): try beginExtension()
        default: throw .malformedChunk
        }
        // Before a byte of the chunk is kept.
        guard size <= limit - announced else { throw .bodyTooLarge(limit: limit) }
        announced += size
    }

    private mutating func beginExtension() throws(RequestError) {
        isInName = false
        state = .extensionName
        try countExtension()
    }

    private mutating func countExtension() throws(RequestError) {
        extensionBytes += 1
        guard extensionBytes <= Limit.chunkExtensions else { throw .malformedChunk }
    }

    /// `;name`, `;name=token` or `;name="quoted"`, repeated (RFC 9112 §7.1.1).
    private mutating func readExtension(_ byte: UInt8) throws(RequestError) {
        if byte == .carriageReturn {
            switch state {
            case .extensionName where isInName, .extensionToken, .extensionEnd:
                state = .sizeLineFeed
                return
            default: throw .malformedChunk
            }
        }
        let isToken = ByteSet.token.contains(byte)
        switch (state, byte) {
        case (.extensionName, _) where isToken: isInName = true
        case (.extensionName, UInt8(ascii: "=")) where isInName: state = .extensionValue
        case (.extensionName, UInt8(ascii: ";")) where isInName,
            (.extensionToken, UInt8(ascii: ";")), (.extensionEnd, UInt8(ascii: ";")):
            return try beginExtension()
        case (.extensionValue, UInt8(ascii: "\"")): state = .extensionQuoted
        case (.extensionValue, _) where isToken: state = .extensionToken
        case (.extensionToken, _) where isToken: break
        case (.extensionQuoted, UInt8(ascii: "\"")): state = .extensionEnd
        case (.extensionQuoted, UInt8(ascii: "\\")): state = .extensionEscape
        case (.extensionQuoted, _) where byte.isFieldValue: break
        case (.extensionEscape, _) where byte.isFieldValue: state = .extensionQuoted
        default: throw .malformedChunk
        }
        try countExtension()
    }
}
