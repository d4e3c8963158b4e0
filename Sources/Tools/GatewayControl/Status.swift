internal import FoundationEssentials
internal import Glibc
internal import IPC
internal import JSON
internal import Reactor
internal import Wire

/// How long a process may take to describe itself.
private let describing = Duration.seconds(1)

/// What a process says about itself; nil when it is away.
private func describe(_ service: Service, in group: Group) async -> ProcessReport? {
    let client = group.client(to: service)
    return switch service {
    case .ingress: nil
    case .signer: try? await client.ask(DescribeSigner(), within: describing)
    case .provider: try? await client.ask(DescribeProvider(), within: describing)
    case .inbox: try? await client.ask(DescribeInbox(), within: describing)
    }
}

/// Returns 0 once every process answers and ingress takes webhooks; 1 with the reason after `--seconds`.
func waitUntilHealthy(_ group: Group, _ arguments: [String]) async throws -> CInt {
    var seconds = 30
    if arguments.first == "--seconds", let given = arguments.dropFirst().first.flatMap({ Int($0) })
    {
        seconds = given
    }
    let deadline = ContinuousClock.now + .seconds(seconds)
    let pause = Bell(on: group.loop)
    var reason = ""
    while ContinuousClock.now < deadline {
        reason = await missing(in: group)
        if reason.isEmpty { return 0 }
        _ = await pause.wait(atMost: .milliseconds(20))
    }
    complain(reason)
    return 1
}

/// What keeps the group from being healthy; empty when nothing does.
private func missing(in group: Group) async -> String {
    for service in [Service.signer, .provider, .inbox]
    where await describe(service, in: group) == nil {
        return "\(service.rawValue) is away"
    }
    do {
        let answer = try group.http().ask("GET", "/api/health")
        return answer.status == 200 ? "" : "ingress answers \(answer.status) to /api/health"
    } catch {
        return "ingress: \(error)"
    }
}

/// Prints how each process is, and what to do about it; 0 when all is well.
func status(_ group: Group) async throws -> CInt {
    var code: CInt = 0
    do {
        var headers: [String] = []
        if let token = try group.token() { headers.append("Authorization: Bearer \(token)") }
        let answer = try group.http().ask("GET", "/api/health", headers: headers)
        let health = try JSONValue(parsing: Data(answer.body.utf8))
        let status = health["status"]?.text ?? "unknown"
        print(
            "gateway   \(status)  \(health["mode"]?.text ?? "") mode  http://\(group.address)/api/health"
        )
        if status != "ok" { code = 1 }
        if let ingress = health["processes"]?["ingress"] { print(line("ingress", ingress)) }
        for reason in health["reasons"].list { print("  \(text(of: reason))") }
        for warning in health["warnings"].list { print("  warning: \(text(of: warning))") }
    } catch {
        print("ingress   away: \(error)")
        code = 1
    }
    for service in [Service.signer, .provider, .inbox] {
        guard let report = await describe(service, in: group) else {
            print(
                "\(padded(service.rawValue))away: see \(group.stateDirectory)/log/\(service.rawValue).log"
            )
            code = 1
            continue
        }
        let state = report.reasons.isEmpty ? "ok" : "degraded"
        print(
            "\(padded(service.rawValue))\(state)  pid \(report.pid)  restarts \(report.restarts)  "
                + "since \(report.startedAt.text)")
    }
    return code
}

private func line(_ name: String, _ process: JSONValue) -> String {
    var parts = [padded(name) + (process["status"]?.text ?? "unknown")]
    if case .integer(let pid)? = process["pid"] { parts.append("pid \(pid)") }
    if case .integer(let restarts)? = process["restarts"] { parts.append("restarts \(restarts)") }
    if let since = process["started_at"]?.text { parts.append("since \(since)") }
    return parts.joined(separator: "  ")
}

private func text(of condition: JSONValue) -> String {
    "\(condition["message"]?.text ?? "") (\(condition["code"]?.text ?? "")): \(condition["hint"]?.text ?? "")"
}

private func padded(_ name: String) -> String {
    name + String(repeating: " ", count: max(1, 10 - name.utf8.count))
}

extension JSONValue? {
    fileprivate var list: [JSONValue] {
        if case .array(let elements)? = self { elements } else { [] }
    }
}
