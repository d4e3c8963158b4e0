/// The minor versions served; a higher one is served as 1.1.
package enum Version: Hashable, Sendable {
    case http10, http11
}

/// A request line and header fields that passed every check of RFC 9110 and 9112 made here.
///
/// What a route still decides: whether it knows the path, the method and the host.
package struct RequestHead: Sendable {
    package let method: Method
    package let version: Version
    package let form: TargetForm
    package let fields: Fields
    /// The path split at slashes and decoded; `..`, `.` and empty segments are as sent.
    ///
    /// Empty for the `*` of OPTIONS.
    package let segments: [String]
    package let framing: BodyFraming
    /// Whether the client waits for `100 Continue` before it sends the body.
    package let expectsContinue: Bool
    /// Whether the client lets the connection be used again.
    package let allowsKeepAlive: Bool
    private let targetRange: Range<Int>
    private let pathRange: Range<Int>
    private let queryRange: Range<Int>?
    private let hostRange: Range<Int>?

    /// The target exactly as sent.
    package var target: String { fields.text(targetRange) }
    /// The path exactly as sent, undecoded.
    package var path: String { fields.text(pathRange) }
    /// What follows the `?`, undecoded; nil without one.
    package var rawQuery: String? { queryRange.map(fields.text) }
    /// The host this request is for, with its port if one was given; nil in some HTTP/1.0.
    package var host: String? { hostRange.map(fields.text) }

    /// The query, decoded; empty without one.
    ///
    /// - Throws: what makes it undecodable; answer 400.
    package func query() throws(TargetError) -> Query { try Query(rawQuery ?? "") }

    /// Checks what could not be decided line by line; `bytes` are those that `parser` read.
    init(_ bytes: [UInt8], _ parser: consuming HeadParser) throws(RequestError) {
        let (target, path) = (parser.target, parser.path)
        guard let method = parser.method,
            let form = TargetForm(bytes.span.extracting(target))
        else { throw .malformedRequestLine }
        let fields = Fields(bytes: bytes, entries: parser.entries)
        let known = try KnownFields(fields)
        let host = known[.host].map { fields.entries[$0].value }
        if let host {
            guard Authority.isValid(bytes.span.extracting(host)) else { throw .malformedHost }
        } else {
            // RFC 9112 §3.2; HTTP/1.0 has no such duty.
            guard parser.version == .http10 else { throw .missingHost }
        }

        self.method = method
        self.version = parser.version
        self.form = form
        self.fields = fields
        self.targetRange = target
        self.queryRange =
            path.upperBound < target.upperBound ? path.upperBound + 1..<target.upperBound : nil
        let authority = form == .absolute ? try Self.authority(in: bytes, path, host) : nil
        self.hostRange = authority ?? host
        self.pathRange = authority.map { $0.upperBound..<path.upperBound } ?? path
        self.segments = try Self.segments(in: bytes, pathRange)
        self.framing = try BodyFraming(fields, known, method, parser.version)
        // RFC 9110 §8.4: no coding is undone here, since a small body may unpack to gigabytes.
        guard !fields.contains("Content-Encoding") else { throw .unsupportedContentEncoding }
        self.expectsContinue = try Self.expectsContinue(fields, parser.version)
        self.allowsKeepAlive = parser.version == .http11 && !Self.asksToClose(fields)
    }

    /// Where the host of an absolute target is; what stands behind it is the path.
    private static func authority(
        in bytes: [UInt8], _ path: Range<Int>, _ host: Range<Int>?
    ) throws(RequestError) -> Range<Int> {
        guard let scheme = TargetForm.schemeLength(bytes.span.extracting(path)) else {
            throw .malformedTarget(.unknownForm)
        }
        let start = path.lowerBound + scheme
        let end = bytes[start..<path.upperBound].firstIndex(of: UInt8(ascii: "/"))
        let authority = start..<(end ?? path.upperBound)
        guard Authority.isValid(bytes.span.extracting(authority)) else { throw .malformedHost }
        // RFC 9112 §3.2.2 lets the target win over Host; two answers to "which host" are one
        // too many here.
        if let host {
            let equal = bytes.span.extracting(authority).equalsIgnoringCase(
                bytes.span.extracting(host))
            guard equal else { throw .contradictingHost }
        }
        return authority
    }

    private static func segments(
        in bytes: [UInt8], _ path: Range<Int>
    ) throws(RequestError) -> [String] {
        guard path.first.map({ bytes[$0] == UInt8(ascii: "/") }) ?? false else { return [] }
        do {
            return try PercentDecoding.segments(ofPath: bytes[path])
        } catch {
            throw .malformedTarget(error)
        }
    }

    /// RFC 9110 §10.1.1: only 100-continue is known, and HTTP/1.0 can't have meant it.
    private static func expectsContinue(
        _ fields: Fields, _ version: Version
    ) throws(RequestError) -> Bool {
        switch fields.only("Expect") {
        case .none: return false
        case .several: throw .unsupportedExpectation
        case .one(let value):
            guard value.lowercased() == "100-continue" else { throw .unsupportedExpectation }
            return version == .http11
        }
    }

    /// RFC 9112 §9.3: `close` wins over `keep-alive`.
    private static func asksToClose(_ fields: Fields) -> Bool {
        var closes = false
        fields.forEachMember(of: "Connection") { member in
            if member.equalsIgnoringCase("close") { closes = true }
        }
        return closes
    }
}
