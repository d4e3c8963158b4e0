/// Why a request is refused before a route sees it; after it the connection is closed.
///
/// The caller turns it into its error answer. No case carries bytes of the request, so that an
/// answer made of it can't echo them.
package enum RequestError: Error, Hashable, Sendable {
    /// Method, blank, target, blank, version, CRLF: something of that is not as it must be.
    case malformedRequestLine
    case malformedTarget(TargetError)
    case unknownMethod
    case unsupportedVersion
    case targetTooLong

    /// A field line that is not `name: value` CRLF; folded lines and bare CR or LF among them.
    case malformedField
    case fieldTooLong
    case tooManyFields
    case headTooLarge

    case missingHost
    case malformedHost
    /// The absolute target names another host than `Host`.
    case contradictingHost
    /// A field that may occur only once, occurring again.
    case repeatedField(SingleField)

    case malformedContentLength
    case malformedTransferEncoding
    case unsupportedTransferEncoding
    /// Two framings at once, or one that this version or method can't have.
    case contradictingFraming
    case malformedChunk
    case malformedTrailer
    case bodyTooLarge(limit: Int)
    /// The bodies of all connections together are as large as they may be.
    case noRoomForBody

    case unsupportedContentEncoding
    case unsupportedExpectation
    case headTooSlow
    case bodyTooSlow

    /// A field of which a second occurrence is refused.
    package enum SingleField: String, Hashable, Sendable, CaseIterable {
        case host = "Host"
        case contentLength = "Content-Length"
        case transferEncoding = "Transfer-Encoding"
        case contentType = "Content-Type"
        case authorization = "Authorization"
    }

    package var status: Status {
        switch self {
        case .malformedRequestLine, .malformedTarget, .malformedField, .missingHost,
            .malformedHost, .contradictingHost, .repeatedField, .malformedContentLength,
            .malformedTransferEncoding, .contradictingFraming, .malformedChunk,
            .malformedTrailer:
            .badRequest
        case .unknownMethod, .unsupportedTransferEncoding: .notImplemented
        case .unsupportedVersion: .versionNotSupported
        case .targetTooLong: .targetTooLong
        case .fieldTooLong, .tooManyFields, .headTooLarge: .headTooLarge
        case .bodyTooLarge: .contentTooLarge
        case .noRoomForBody: .unavailable
        case .unsupportedContentEncoding: .unsupportedMediaType
        case .unsupportedExpectation: .expectationFailed
        case .headTooSlow, .bodyTooSlow: .requestTimeout
        }
    }
}

extension RequestError: CustomStringConvertible {
    /// What is wrong and what to send instead, one sentence for a person.
    package var description: String {
        switch self {
        case .malformedRequestLine:
            "The request line must be METHOD, one blank, target, one blank, HTTP/1.1 and CRLF."
        case .malformedTarget(let error): error.description
        case .unknownMethod: "Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS, in capitals."
        case .unsupportedVersion: "Use HTTP/1.1."
        case .targetTooLong: "The request line may have \(Limit.requestLine) bytes."
        case .malformedField:
            "A header line must be name, colon, value and CRLF, without folding or control bytes."
        case .fieldTooLong: "A header line may have \(Limit.fieldLine) bytes."
        case .tooManyFields: "A request may have \(Limit.fields) header lines."
        case .headTooLarge: "Request line and headers together may have \(Limit.head) bytes."
        case .missingHost: "Send a Host header."
        case .malformedHost: "Host must be a name or an address, and at most a port."
        case .contradictingHost: "Host must be the host of the target."
        case .repeatedField(let field): "Send \(field.rawValue) once."
        case .malformedContentLength: "Content-Length must be a plain decimal number."
        case .malformedTransferEncoding: "Transfer-Encoding must be chunked."
        case .unsupportedTransferEncoding: "Transfer-Encoding may be nothing but chunked."
        case .contradictingFraming:
            "Send either Content-Length or, in HTTP/1.1, Transfer-Encoding; no body on a GET."
        case .malformedChunk: "The chunks of the body are not as RFC 9112 section 7.1 has them."
        case .malformedTrailer: "Send these fields as headers, not after the body."
        case .bodyTooLarge(let limit): "The body may have \(limit) bytes here."
        case .noRoomForBody: "Too many large bodies are on their way; send it again in a moment."
        case .unsupportedContentEncoding: "Send the body without Content-Encoding."
        case .unsupportedExpectation: "Expect may be nothing but 100-continue."
        case .headTooSlow: "The headers took too long to arrive."
        case .bodyTooSlow: "The body took too long to arrive."
        }
    }
}
