/// The status codes this gateway answers with.
package enum Status: Int, Hashable, Sendable, CaseIterable {
    case ok = 200, created = 201, accepted = 202, noContent = 204
    case partialContent = 206
    case notModified = 304
    case badRequest = 400, unauthorized = 401, forbidden = 403, notFound = 404
    case methodNotAllowed = 405, requestTimeout = 408, conflict = 409, gone = 410
    case preconditionFailed = 412
    case contentTooLarge = 413, targetTooLong = 414, unsupportedMediaType = 415
    case rangeNotSatisfiable = 416
    case expectationFailed = 417, misdirectedRequest = 421, unprocessableContent = 422
    case tooManyRequests = 429, headTooLarge = 431
    case internalError = 500, notImplemented = 501, badGateway = 502, unavailable = 503
    case gatewayTimeout = 504, versionNotSupported = 505, insufficientStorage = 507

    package var code: Int { rawValue }

    /// The phrase after the code, as RFC 9110 §15 and RFC 6585 spell it.
    package var phrase: String {
        switch self {
        case .ok: "OK"
        case .created: "Created"
        case .accepted: "Accepted"
        case .noContent: "No Content"
        case .partialContent: "Partial Content"
        case .notModified: "Not Modified"
        case .badRequest: "Bad Request"
        case .unauthorized: "Unauthorized"
        case .forbidden: "Forbidden"
        case .notFound: "Not Found"
        case .methodNotAllowed: "Method Not Allowed"
        case .requestTimeout: "Request Timeout"
        case .conflict: "Conflict"
        case .gone: "Gone"
        case .preconditionFailed: "Precondition Failed"
        case .contentTooLarge: "Content Too Large"
        case .targetTooLong: "URI Too Long"
        case .unsupportedMediaType: "Unsupported Media Type"
        case .rangeNotSatisfiable: "Range Not Satisfiable"
        case .expectationFailed: "Expectation Failed"
        case .misdirectedRequest: "Misdirected Request"
        case .unprocessableContent: "Unprocessable Content"
        case .tooManyRequests: "Too Many Requests"
        case .headTooLarge: "Request Header Fields Too Large"
        case .internalError: "Internal Server Error"
        case .notImplemented: "Not Implemented"
        case .badGateway: "Bad Gateway"
        case .unavailable: "Service Unavailable"
        case .gatewayTimeout: "Gateway Timeout"
        case .versionNotSupported: "HTTP Version Not Supported"
        case .insufficientStorage: "Insufficient Storage"
        }
    }

    /// Whether an answer of this status never has content (RFC 9110 §6.4.1).
    var isBodiless: Bool { self == .noContent || self == .notModified }
}
