internal import Daemon
internal import HTTP1
internal import Wire

/// Who may ask without a token, and by which host names.
struct AccessRules: Sendable {
    /// What run.sh found: whether no Meta variable and no token of the user's is set.
    enum Auth: String, CaseIterable, Sendable { case open, token }

    private let auth: Auth
    private let isLoopback: Bool
    /// Lower case, without ports; empty: every host.
    private let hosts: Set<String>

    init(_ surroundings: Surroundings, _ listen: ListenAddress) throws(SettingError) {
        auth = try surroundings.choice("GATEWAY_AUTH", default: .token)
        isLoopback = listen.isLoopback
        let names =
            surroundings.value("GATEWAY_HOSTS")?
            .split(separator: ",", omittingEmptySubsequences: false) ?? []
        hosts = Set(names.map { $0.filter { $0 != " " }.lowercased() })
        guard !hosts.contains("") else {
            throw SettingError(
                "GATEWAY_HOSTS", "holds an empty name", cure: "use names between commas")
        }
    }

    /// Whether this gateway goes by the name that the request asks for.
    func serves(_ head: RequestHead) -> Bool {
        hosts.isEmpty || head.host.map { hosts.contains(Self.name(of: $0)) } ?? false
    }

    /// Whether the request must prove who sends it.
    ///
    /// Without Meta's settings, on this machine and past no proxy, there is nobody to keep out.
    func wantsToken(_ head: RequestHead) -> Bool {
        guard auth == .open, isLoopback, let host = head.host.map(Self.name) else { return true }
        guard Self.isThisMachine(host) else { return true }
        return head.fields.pairs.contains { field in
            let name = field.name.lowercased()
            // A browser says Origin when a page of any site makes it send something.
            return name == "origin" || name == "forwarded" || name.hasPrefix("x-forwarded-")
        }
    }

    /// Whether a host can only be this machine: a name that anybody may register is not (DNS rebinding).
    private static func isThisMachine(_ host: String) -> Bool {
        if ["localhost", "[::1]"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func name(of host: String) -> String {
        let lower = host.lowercased()
        if lower.hasPrefix("["), let end = lower.firstIndex(of: "]") {
            return String(lower[...end])
        }
        return String(lower.prefix { $0 != ":" })
    }
}
