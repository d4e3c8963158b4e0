internal import Daemon
internal import HTTP1
internal import IPC
internal import Journal
internal import Reactor
internal import Wire

extension Gateway {
    /// How the whole is: in short for everybody, in full for those who may know.
    func health(_ head: RequestHead) async -> Response {
        let states = await states()
        let isDown = await isDown(states)
        let reasons = states.flatMap(\.reasons)
        let status = isDown ? "down" : reasons.isEmpty ? "ok" : "degraded"
        var health = Health()
        if await mayKnow(head) {
            health.version = Protocol.release
            health.processes = Dictionary(
                uniqueKeysWithValues: states.map { ($0.service.rawValue, ProcessHealth($0)) })
            health.reasons = reasons
            health.warnings = states.flatMap(\.warnings)
            let lag = await shipper.lag
            health.spooled = lag.entries
            health.oldestSeconds = lag.oldestAt.map { max(0, (Clocks.wall - $0) / 1_000) } ?? 0
        }
        // These two first, for people and for the simplest of probes.
        return answers.json(
            isDown ? .unavailable : .ok, health,
            after: #""status":"\#(status)","mode":"\#(place.mode.rawValue)""#)
    }

    private func mayKnow(_ head: RequestHead) async -> Bool {
        guard rules.wantsToken(head) else { return true }
        guard let token = Self.token(of: head), let holder = try? await holder(of: token).holder
        else { return false }
        return !holder.scopes.isDisjoint(with: [.operate, .read, .metrics])
    }

    /// Whether webhooks cannot be taken.
    private func isDown(_ states: [ProcessState]) async -> Bool {
        let signer = states.first { $0.service == .signer }
        if let signer, !signer.reasons.isEmpty, signer.report == nil { return true }
        return switch await journal.condition {
        case .ready: false
        case .closed, .full, .displaced, .broken, .damaged: true
        }
    }
}

private struct ProcessHealth: Encodable {
    let status: String
    let pid: Int32?
    let restarts: Int?
    let version: String?
    let startedAt: Timestamp?
    let sandbox: ProcessReport.Sandbox?
    let figures: [String: Int64]?

    init(_ state: ProcessState) {
        status = state.report == nil ? "away" : state.reasons.isEmpty ? "ok" : "degraded"
        pid = state.report?.pid
        restarts = state.report?.restarts
        version = state.report?.version
        startedAt = state.report?.startedAt
        sandbox = state.report?.sandbox
        figures = state.report?.figures
    }

    enum CodingKeys: String, CodingKey {
        case status, pid, restarts, version, sandbox, figures
        case startedAt = "started_at"
    }
}

/// What health says beyond status and mode, to those who may know.
private struct Health: Encodable {
    var version: String?
    var processes: [String: ProcessHealth]?
    /// Entries that inbox has not applied yet.
    var spooled: Int64?
    var oldestSeconds: Int64?
    var reasons: [Condition]?
    var warnings: [Condition]?

    enum CodingKeys: String, CodingKey {
        case version, processes, spooled, reasons, warnings
        case oldestSeconds = "oldest_seconds"
    }
}
