/// How the end of a request's body is known (RFC 9112 §6.3).
package enum BodyFraming: Hashable, Sendable {
    case none
    /// So many bytes; 0 is ``none``.
    case length(Int)
    case chunked

    init(
        _ fields: Fields, _ known: KnownFields, _ method: Method, _ version: Version
    ) throws(RequestError) {
        switch (known[.contentLength], known[.transferEncoding]) {
        case (nil, nil): self = .none
        // RFC 9112 §6.1 and §6.3: two framings at once are how requests are smuggled.
        case (.some, .some): throw .contradictingFraming
        case (let index?, nil):
            let length = try Self.length(fields.bytes[fields.entries[index].value])
            self = length == 0 ? .none : .length(length)
        case (nil, .some):
            try Self.checkCodings(fields)
            guard version == .http11 else { throw .contradictingFraming }
            self = .chunked
        }
        guard self == .none || !method.refusesBody else { throw .contradictingFraming }
    }

    /// `1*DIGIT` (RFC 9110 §8.6), without a leading zero: `010` is eight for some readers.
    private static func length(_ digits: ArraySlice<UInt8>) throws(RequestError) -> Int {
        guard let first = digits.first, digits.count == 1 || first != UInt8(ascii: "0") else {
            throw .malformedContentLength
        }
        var length = 0
        for digit in digits {
            guard ByteSet.digit.contains(digit) else { throw .malformedContentLength }
            let (tens, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            guard !overflow, !carry else { throw .malformedContentLength }
            length = sum
        }
        return length
    }

    /// Only `chunked`, once; a list of other codings before it is understood and refused.
    private static func checkCodings(_ fields: Fields) throws(RequestError) {
        var codings = 0
        var chunkedAt: Int?
        var isMalformed = false
        fields.forEachMember(of: "Transfer-Encoding") { member in
            if member.isEmpty { isMalformed = true }
            for index in 0..<member.count where !ByteSet.token.contains(member[index]) {
                isMalformed = true
            }
            if member.equalsIgnoringCase("chunked") {
                if chunkedAt != nil { isMalformed = true }
                chunkedAt = codings
            }
            codings += 1
        }
        // RFC 9112 §6.1: chunked is never applied twice and always last.
        let isLast = chunkedAt.map { $0 == codings - 1 } ?? true
        guard !isMalformed, isLast else { throw .malformedTransferEncoding }
        guard codings == 1, chunkedAt == 0 else { throw .unsupportedTransferEncoding }
    }
}
