/// The methods known here; their names are case-sensitive (RFC 9110 §9.1), all others are 501.
package enum Method: String, Hashable, Sendable, CaseIterable {
    case get = "GET", head = "HEAD", post = "POST", put = "PUT", delete = "DELETE"
    case patch = "PATCH", options = "OPTIONS", trace = "TRACE", connect = "CONNECT"

    /// The method these bytes name, if it is known.
    init?(_ bytes: Span<UInt8>) {
        // By length first: one comparison for the methods of nearly every request.
        let candidate: Method? =
            switch bytes.count {
            case 3: bytes[0] == UInt8(ascii: "G") ? .get : .put
            case 4: bytes[0] == UInt8(ascii: "P") ? .post : .head
            case 5: bytes[0] == UInt8(ascii: "P") ? .patch : .trace
            case 6: .delete
            case 7: bytes[0] == UInt8(ascii: "O") ? .options : .connect
            default: nil
            }
        guard let candidate, bytes.equals(candidate.rawValue) else { return nil }
        self = candidate
    }

    /// Whether a body on this method is refused.
    ///
    /// RFC 9110 §9.3.1 calls it a likely smuggling attempt for GET and HEAD, and §9.3.8 forbids
    /// it for TRACE.
    var refusesBody: Bool { self == .get || self == .head || self == .trace }
}
