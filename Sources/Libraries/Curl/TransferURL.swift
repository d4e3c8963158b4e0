internal import CLibcurl

/// An address that a transfer may go to: `https`, or plain `http` to this machine.
///
/// Read by libcurl's own parser, so that what is checked here is what it connects to.
package struct TransferURL: Hashable, Sendable {
    /// Why a text is no such address.
    package enum Refusal: Error, Hashable {
        /// No URL at all, or without a host.
        case malformed
        /// Neither `https` nor `http`.
        case scheme(String)
        /// Plain `http` to another machine, where the token could be read on the way.
        case plainToElsewhere
        /// `user:password@`, which would end up in logs.
        case credentials
    }

    package let text: String
    /// In lower case, as it is looked up; an IPv6 address in brackets.
    package let host: String
    /// Nil when the URL names none.
    package let port: Int?
    /// Whether it is `https`.
    package let isSecure: Bool
    /// Whether it has a `?query` or `#fragment`, which nothing can be appended to.
    package let hasQueryOrFragment: Bool

    /// - Throws: `Refusal`, which names no part of `text` but the scheme.
    package init(_ text: String) throws(Refusal) {
        // A NUL would end the text for C only.
        guard !text.utf8.contains(0), let parts = curl_url() else { throw .malformed }
        defer { curl_url_cleanup(parts) }
        guard
            curl_url_set(parts, CURLUPART_URL, text, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK
        else { throw .malformed }
        func part(_ name: CURLUPart) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard curl_url_get(parts, name, &value, 0) == CURLUE_OK, let value else { return nil }
            defer { curl_free(value) }
            return String(cString: value)
        }
        guard let scheme = part(CURLUPART_SCHEME), let host = part(CURLUPART_HOST), !host.isEmpty
        else { throw .malformed }
        guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil else {
            throw .credentials
        }
        switch scheme {
        case "https": isSecure = true
        case "http" where Self.isLoopback(host): isSecure = false
        case "http": throw .plainToElsewhere
        default: throw .scheme(scheme)
        }
        hasQueryOrFragment = part(CURLUPART_QUERY) != nil || part(CURLUPART_FRAGMENT) != nil
        self.text = text
        self.host = host.lowercased()
        port = part(CURLUPART_PORT).flatMap { Int($0) }
    }

    /// `localhost` counts: libcurl asks nobody about it and takes the loopback addresses.
    private static func isLoopback(_ host: String) -> Bool {
        if host == "[::1]" || host == "localhost" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    }
}
