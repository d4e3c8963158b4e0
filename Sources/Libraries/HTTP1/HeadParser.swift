/// Reads one request head, byte after byte, and stops at the first that can't belong to it.
///
/// It is an automaton that never looks back or ahead: however the bytes are cut into reads, the
/// verdict and the byte that brings it are the same. It keeps offsets, not the bytes.
struct HeadParser: Sendable {
    private enum State: Sendable {
        case start, startLineFeed
        case method, target, query, version, requestLineFeed
        case fieldStart, fieldName, fieldValue, fieldLineFeed
        case endLineFeed
    }

    private var state = State.start
    /// The next byte to read, counted from the first byte of the request.
    private(set) var position = 0
    private var lineStart = 0
    private var targetEnd = 0
    private var pathEnd = 0
    private var minorVersion = Version.http11
    private var hasMajorVersion1 = false
    private(set) var method: Method?
    private(set) var entries: [Fields.Entry] = []

    /// Whether anything but an empty line has been seen.
    var hasBegun: Bool {
        switch state {
        case .start, .startLineFeed: false
        default: true
        }
    }

    /// Where the parts of the request line lie.
    var target: Range<Int> { targetStart..<targetEnd }
    var path: Range<Int> { targetStart..<pathEnd }
    var version: Version { minorVersion }
    private var targetStart = 0

    /// Goes on in `buffer`, whose request begins at `origin`.
    ///
    /// - Returns: true once the head is complete; it then ends before `origin + position`.
    /// - Throws: what is wrong with it. The parser is of no use afterwards.
    mutating func read(_ buffer: [UInt8], from origin: Int) throws(RequestError) -> Bool {
        let bytes = buffer.span.extracting(droppingFirst: origin)
        let end = min(bytes.count, Limit.head)
        let token = ByteSet.token
        var index = position
        defer { position = index }
        while index < end {
            let byte = bytes[index]
            switch state {
            case .start:
                // RFC 9112 §2.2: an empty line before the request is skipped; here one, not more.
                if byte == .carriageReturn, index == 0 {
                    state = .startLineFeed
                } else {
                    guard token.contains(byte) else { throw .malformedRequestLine }
                    lineStart = index
                    state = .method
                }
            case .startLineFeed:
                guard byte == .lineFeed else { throw .malformedRequestLine }
                lineStart = index + 1
                state = .start
            case .method:
                if byte == .blank {
                    method = Method(bytes.extracting(lineStart..<index))
                    targetStart = index + 1
                    state = .target
                } else {
                    guard token.contains(byte) else { throw .malformedRequestLine }
                    guard index - lineStart < Limit.method else { throw .unknownMethod }
                }
            case .target, .query:
                index = try readTarget(bytes, from: index, to: end)
                continue
            case .version:
                try readVersion(byte, at: index - targetEnd - 1)
            case .requestLineFeed:
                guard byte == .lineFeed else { throw .malformedRequestLine }
                try checkRequestLine(bytes)
                lineStart = index + 1
                state = .fieldStart
            case .fieldStart:
                try startField(byte, at: index)
            case .fieldName:
                guard index - lineStart < Limit.fieldLine else { throw .fieldTooLong }
                if byte == UInt8(ascii: ":") {
                    entries[entries.count - 1].nameEnd = UInt16(index)
                    entries[entries.count - 1].valueStart = UInt16(index + 1)
                    state = .fieldValue
                } else {
                    guard token.contains(byte) else { throw .malformedField }
                }
            case .fieldValue:
                index = try readValue(bytes, from: index, to: end)
                continue
            case .fieldLineFeed:
                guard byte == .lineFeed else { throw .malformedField }
                lineStart = index + 1
                state = .fieldStart
            case .endLineFeed:
                guard byte == .lineFeed else { throw .malformedField }
                index += 1
                return true
            }
            index += 1
        }
        guard index < Limit.head else { throw .headTooLarge }
        return false
    }

    /// - Returns: the index of the byte after those that were read.
    private mutating func readTarget(
        _ bytes: Span<UInt8>, from first: Int, to end: Int
    ) throws(RequestError) -> Int {
        // The line holds the target, and after it " HTTP/1.1".
        let limit = lineStart + Limit.requestLine - 9
        let (inPath, inQuery) = (ByteSet.path, ByteSet.query)
        var index = first
        while index < end {
            let byte = bytes[index]
            if byte == .blank {
                guard index > targetStart else { throw .malformedRequestLine }
                targetEnd = index
                if state == .target { pathEnd = index }
                state = .version
                return index + 1
            }
            guard index < limit else { throw .targetTooLong }
            if state == .query {
                guard inQuery.contains(byte) else { throw Self.targetError(byte) }
            } else if byte == UInt8(ascii: "?") {
                pathEnd = index
                state = .query
            } else {
                guard inPath.contains(byte) else { throw Self.targetError(byte) }
            }
            index += 1
        }
        return index
    }

    private static func targetError(_ byte: UInt8) -> RequestError {
        switch byte {
        case .carriageReturn, .lineFeed, .tab: .malformedRequestLine
        case UInt8(ascii: "#"): .malformedTarget(.fragment)
        default: .malformedTarget(.forbiddenByte)
        }
    }

    private mutating func readVersion(_ byte: UInt8, at offset: Int) throws(RequestError) {
        let pattern: StaticString = "HTTP/1.1"
        switch offset {
        case 5:
            guard ByteSet.digit.contains(byte) else { throw .malformedRequestLine }
            hasMajorVersion1 = byte == UInt8(ascii: "1")
        case 7:
            guard ByteSet.digit.contains(byte) else { throw .malformedRequestLine }
            // RFC 9110 §2.5: a higher minor version is served as the highest we know.
            minorVersion = byte == UInt8(ascii: "0") ? .http10 : .http11
        case 8:
            guard byte == .carriageReturn else { throw .malformedRequestLine }
            state = .requestLineFeed
        default:
            guard byte == pattern.utf8Start[offset] else { throw .malformedRequestLine }
        }
    }

    /// What can be said of the request line once it is whole.
    private func checkRequestLine(_ bytes: Span<UInt8>) throws(RequestError) {
        // The version comes first: another HTTP may have other methods (`PRI * HTTP/2.0`).
        guard hasMajorVersion1 else { throw .unsupportedVersion }
        guard let method, method != .connect else { throw .unknownMethod }
        let target = bytes.extracting(target)
        switch TargetForm(target) {
        case .origin, .absolute: break
        case .asterisk:
            guard method == .options else { throw .malformedTarget(.unknownForm) }
        case nil: throw .malformedTarget(.unknownForm)
        }
    }

    private mutating func startField(_ byte: UInt8, at index: Int) throws(RequestError) {
        if byte == .carriageReturn {
            state = .endLineFeed
            return
        }
        // A blank here is a folded line (RFC 9112 §5.2) or one before the first field (§2.2).
        guard ByteSet.token.contains(byte) else { throw .malformedField }
        guard entries.count < Limit.fields else { throw .tooManyFields }
        if entries.isEmpty { entries.reserveCapacity(16) }
        entries.append(Fields.Entry(nameStart: UInt16(index)))
        state = .fieldName
    }

    /// - Returns: the index of the byte after those that were read.
    private mutating func readValue(
        _ bytes: Span<UInt8>, from first: Int, to end: Int
    ) throws(RequestError) -> Int {
        let limit = lineStart + Limit.fieldLine
        var index = first
        while index < end {
            let byte = bytes[index]
            if !byte.isFieldValue {
                guard byte == .carriageReturn else { throw .malformedField }
                endField(bytes, at: index)
                state = .fieldLineFeed
                return index + 1
            }
            guard index < limit else { throw .fieldTooLong }
            index += 1
        }
        return index
    }

    /// Cuts off the blanks around the value (RFC 9112 §5.1).
    private mutating func endField(_ bytes: Span<UInt8>, at index: Int) {
        var start = Int(entries[entries.count - 1].valueStart)
        var end = index
        while start < end, bytes[start] == .blank || bytes[start] == .tab { start += 1 }
        while start < end, bytes[end - 1] == .blank || bytes[end - 1] == .tab { end -= 1 }
        entries[entries.count - 1].valueStart = UInt16(start)
        entries[entries.count - 1].valueEnd = UInt16(end)
    }
}
