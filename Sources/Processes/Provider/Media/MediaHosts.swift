internal import Curl

/// Where the token may go: to Graph itself and to Meta's own hosts, whatever an answer says.
struct MediaHosts: Hashable, Sendable {
    /// Meta's domains that media was served from, and Graph's; a name ends in one of these.
    private static let domains = [".fbsbx.com", ".fbcdn.net", ".whatsapp.net", ".facebook.com"]

    private let graph: TransferURL

    init(graph: TransferURL) { self.graph = graph }

    /// Never plain http, but to the Graph of this machine; elsewhere only https's own port.
    func include(_ url: TransferURL) -> Bool {
        if url.host == graph.host, url.port == graph.port, url.isSecure == graph.isSecure {
            return true
        }
        return url.isSecure && url.port ?? 443 == 443
            && Self.domains.contains { url.host.hasSuffix($0) }
    }
}
