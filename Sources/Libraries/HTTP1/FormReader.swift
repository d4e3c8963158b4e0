/// Takes a `multipart/form-data` body apart as it arrives (RFC 7578, RFC 2046 §5.1).
///
/// An automaton like the head's parser: however the bytes are cut, parts, contents and verdicts are the
/// same. Stricter than the grammar: nothing before the first delimiter but an empty line, no blanks
/// after one, and a name for each part. It holds what it was given last, and a part's head.
package struct FormReader: Sendable {
    /// The fields before a part's content.
    package struct PartHead: Hashable, Sendable {
        package let name: String
        package let filename: String?
        package let contentType: String?
    }

    package enum Event: Hashable, Sendable {
        /// All that was given is used: `append` more, or the body was cut short.
        case needsBytes
        /// A part begins, and with it the one before has ended.
        case part(PartHead)
        /// Bytes of this part, in their order; never none.
        case content([UInt8])
        /// The last delimiter; what follows it is not looked at.
        case end
    }

    private enum State: Sendable {
        /// Nothing but the first delimiter can come, after an empty line that some clients send.
        case start, delimiter
        /// Behind a boundary: a line's end, or `--`.
        case afterBoundary, lineFeed, lastDash
        case head, content
        case ended
    }

    /// CR LF `--` and the boundary.
    ///
    /// Only its first byte is a CR: where a match breaks off, no other can have begun within it.
    private let delimiter: [UInt8]
    private var state = State.start
    private var input: ArraySlice<UInt8> = []
    /// How many bytes of `delimiter` stand right before `input`.
    private var matched: Int
    private var head: [UInt8] = []
    private var parts = 0

    /// A reader for a body of that boundary.
    ///
    /// - Throws: ``FormError/malformedBoundary``.
    package init(boundary: String) throws(FormError) {
        let bytes = Array(boundary.utf8)
        guard (1...Limit.boundary).contains(bytes.count),
            bytes.allSatisfy(ByteSet.boundary.contains), bytes.last != .blank
        else { throw .malformedBoundary }
        delimiter = Array("\r\n--".utf8) + bytes
        // The first delimiter has no line before it.
        matched = 2
    }

    /// Gives more of the body; to be called when all that was given is used.
    package mutating func append(_ bytes: [UInt8]) {
        precondition(input.isEmpty, "what was given before is not used yet")
        input = bytes[...]
    }

    /// What comes next.
    ///
    /// - Throws: what is wrong with the body. The reader is of no use afterwards.
    package mutating func next() throws(FormError) -> Event {
        while state != .ended {
            if state == .content {
                let content = readContent()
                if !content.isEmpty { return .content(content) }
                if state == .content { return .needsBytes }
                continue
            }
            guard let byte = input.popFirst() else { return .needsBytes }
            switch state {
            case .start:
                if byte == .carriageReturn { matched = 0 }
                state = .delimiter
                try readDelimiter(byte)
            case .delimiter: try readDelimiter(byte)
            case .afterBoundary:
                guard byte == .carriageReturn || byte == UInt8(ascii: "-") else {
                    throw .malformedDelimiter
                }
                state = byte == .carriageReturn ? .lineFeed : .lastDash
            case .lineFeed:
                guard byte == .lineFeed else { throw .malformedDelimiter }
                parts += 1
                guard parts <= Limit.formParts else { throw .tooManyParts }
                state = .head
            case .lastDash:
                guard byte == UInt8(ascii: "-") else { throw .malformedDelimiter }
                state = .ended
                return .end
            case .head:
                if let part = try readHead(byte) { return .part(part) }
            case .content, .ended: break
            }
        }
        input = []
        return .needsBytes
    }

    private mutating func readDelimiter(_ byte: UInt8) throws(FormError) {
        guard byte == delimiter[matched] else { throw .malformedDelimiter }
        matched += 1
        if matched == delimiter.count { endContent() }
    }

    /// The bytes up to the next delimiter, or to the end of what was given.
    private mutating func readContent() -> [UInt8] {
        var content: [UInt8] = []
        while let byte = input.first {
            if byte == delimiter[matched] {
                input = input.dropFirst()
                matched += 1
                if matched == delimiter.count {
                    endContent()
                    break
                }
            } else if matched > 0 {
                content += delimiter[..<matched]
                matched = 0
            } else {
                let end = input.firstIndex(of: .carriageReturn) ?? input.endIndex
                content += input[..<end]
                input = input[end...]
            }
        }
        return content
    }

    private mutating func endContent() {
        matched = 0
        state = .afterBoundary
    }

    /// - Returns: the part's head, if this byte ends it.
    private mutating func readHead(_ byte: UInt8) throws(FormError) -> PartHead? {
        // Lines end with both, and neither stands alone.
        let endsLine = byte == .lineFeed
        guard head.count < Limit.formPartHead, endsLine == (head.last == .carriageReturn) else {
            throw .malformedPartHead
        }
        head.append(byte)
        guard endsLine, head.suffix(4).elementsEqual("\r\n\r\n".utf8) else { return nil }
        let part = try PartHead(head.dropLast(4))
        head = []
        state = .content
        return part
    }
}

extension FormReader.PartHead {
    /// Reads the lines; the last is without its end.
    fileprivate init(_ bytes: ArraySlice<UInt8>) throws(FormError) {
        var disposition: ParameterizedValue?
        var contentType: String?
        for line in bytes.split(separator: .lineFeed, omittingEmptySubsequences: false) {
            let line = line.last == .carriageReturn ? line.dropLast() : line
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(ByteSet.token.contains),
                line[colon...].allSatisfy(\.isFieldValue),
                let text = String(validating: line[(colon + 1)...], as: UTF8.self)
            else { throw .malformedPartHead }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            let value = String(text.drop { $0 == " " || $0 == "\t" })
            switch name {
            case "content-disposition":
                guard disposition == nil, let parsed = ParameterizedValue(value) else {
                    throw .malformedPartHead
                }
                disposition = parsed
            case "content-type":
                guard contentType == nil else { throw .malformedPartHead }
                contentType = value
            // RFC 7578 §4.7 and §4.8: deprecated, or of no meaning here.
            default: continue
            }
        }
        guard let disposition, disposition.value == "form-data", let name = disposition["name"]
        else { throw .malformedPartHead }
        self.name = name
        filename = disposition["filename"]
        self.contentType = contentType
    }
}
