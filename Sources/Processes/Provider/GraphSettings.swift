internal import Curl
internal import Daemon
internal import FoundationEssentials

/// How Graph is reached in live mode.
struct GraphSettings: Hashable, Sendable {
    /// Meta's own address, the only place where it stands.
    static let metasGraph = "https://graph.facebook.com"

    let token: AccessToken
    let version: GraphVersion
    /// Without a slash at its end.
    let base: String
    let connectLimit: Duration
    let answerLimit: Duration
    /// A file of certificates (PEM) to trust instead of the system's.
    let authorities: String?

    private static let tokenName = "WHATSAPP_ACCESS_TOKEN"
    private static let versionName = "WHATSAPP_API_VERSION"
    private static let urlName = "WHATSAPP_GRAPH_URL"
    private static let authoritiesName = "GATEWAY_GRAPH_CA_FILE"

    /// Reads and checks them.
    ///
    /// - Throws: `SettingError`, never with the token.
    init(_ surroundings: Surroundings) throws(SettingError) {
        guard let secret = try surroundings.secret(Self.tokenName) else {
            throw SettingError(
                Self.tokenName, "is not set",
                cure: "set it, or \(Self.tokenName)_FILE, to a system user's token")
        }
        guard let token = AccessToken(secret) else {
            throw SettingError(
                Self.tokenName, "is no access token",
                cure: "copy it whole: 16–512 letters, digits, -, _ and |, without quotes or blanks")
        }
        self.token = token
        let name = surroundings.value(Self.versionName) ?? GraphVersion.default
        guard let version = GraphVersion(name) else {
            throw SettingError(Self.versionName, "is \"\(name)\"", cure: "use a form like v26.0")
        }
        self.version = version
        base = try Self.base(surroundings.value(Self.urlName) ?? Self.metasGraph)
        connectLimit = .seconds(
            try surroundings.integer("GATEWAY_GRAPH_CONNECT_SECONDS", default: 10, in: 1...60))
        // Not shorter by default: a message that Graph takes after we gave up has an unknown outcome.
        answerLimit = .seconds(
            try surroundings.integer("GATEWAY_GRAPH_ANSWER_SECONDS", default: 60, in: 1...600))
        authorities = surroundings.value(Self.authoritiesName)
        if let authorities, !FileManager.default.isReadableFile(atPath: authorities) {
            throw SettingError(
                Self.authoritiesName, "names a file that cannot be read",
                cure: "give the path of certificates in PEM, or unset it for the system's")
        }
    }

    private static func base(_ text: String) throws(SettingError) -> String {
        let problem: String
        do throws(TransferURL.Refusal) {
            if try !TransferURL(text).hasQueryOrFragment {
                return text.hasSuffix("/") ? String(text.dropLast()) : text
            }
            problem = "has a query or fragment"
        } catch {
            switch error {
            case .malformed: problem = "is no URL"
            case .scheme(let scheme): problem = "is of scheme \(scheme)"
            case .plainToElsewhere: problem = "is plain http to another machine"
            case .credentials: problem = "holds a user name or password"
            }
        }
        throw SettingError(
            urlName, problem,
            cure: "use https://host, http only to this machine, or unset it for \(metasGraph)")
    }

    /// What the C library reads to find a host, and libcurl to trust it: names, name servers, the
    /// plug-ins that look names up and their libraries, and certificates.
    static let systemFiles = [
        "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/resolv.conf", "/etc/gai.conf",
        "/etc/services", "/etc/ld.so.cache", "/lib", "/lib64", "/usr/lib", "/etc/ssl",
        "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
    ]

    /// The TCP ports it is reached by: Meta's hosts, name servers whose answer is too long for UDP,
    /// and a Graph at a port of its own.
    var ports: [UInt16] {
        let own = (try? TransferURL(base))?.port.flatMap { UInt16(exactly: $0) }
        let plain: [UInt16] = base.hasPrefix("http:") ? [80] : []
        return [443, 53] + plain + (own.map { [$0] } ?? [])
    }

    /// Where a message of that number is posted.
    ///
    /// - Throws: `TransferURL.Refusal`, for a number that is no part of a path.
    func messages(of phoneNumberID: String, proof: String) throws(TransferURL.Refusal)
        -> TransferURL
    {
        guard phoneNumberID.isGraphID else { throw .malformed }
        return try TransferURL(
            "\(base)/\(version.name)/\(phoneNumberID)/messages?appsecret_proof=\(proof)")
    }
}
