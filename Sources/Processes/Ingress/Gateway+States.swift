internal import Daemon
internal import IPC
internal import Journal
internal import Reactor
internal import Wire

/// What is known of one process.
struct ProcessState: Sendable {
    let service: Service
    /// Nil when it could not be asked.
    let report: ProcessReport?
    let reasons: [Condition]
    var warnings: [Condition] { report?.warnings ?? [] }
}

extension Gateway {
    /// A process may be away this long before health says so: a restart takes up to 2 s.
    private static let awayTolerated: Int64 = 3_000
    /// How long a peer that is there may take to describe itself; health never waits for a hung one.
    private static let describing = Duration.milliseconds(500)
    /// How far behind a journal may be.
    private static let lagTolerated = (entries: Int64(1_000), milliseconds: Int64(2_000))

    /// How each process is, ingress first; never waits for a hung one.
    func states() async -> [ProcessState] {
        async let signer = state(of: peers.signer, .signer) {
            try await self.peers.signer.ask(DescribeSigner(), within: Self.describing)
        }
        async let provider = state(of: peers.provider, .provider) {
            try await self.peers.provider.ask(DescribeProvider(), within: Self.describing)
        }
        async let inbox = state(of: peers.inbox, .inbox) {
            try await self.peers.inbox.ask(DescribeInbox(), within: Self.describing)
        }
        return [await ownState(), await signer, await provider, await inbox]
    }

    private func ownState() async -> ProcessState {
        var reasons: [Condition] = []
        let lag = await shipper.lag
        let age = lag.oldestAt.map { Clocks.wall - $0 } ?? 0
        if lag.entries > Self.lagTolerated.entries || age > Self.lagTolerated.milliseconds {
            reasons.append(
                Condition(
                    "journal_behind",
                    "inbox is \(lag.entries) webhooks and \(age / 1_000) s behind",
                    hint: "They are kept, and shipped when inbox takes them; see ./run.sh status."))
        }
        switch await journal.condition {
        case .ready: break
        case .full:
            reasons.append(
                Condition("store_full", "the disk of the journal is full", hint: "Free some space.")
            )
        case .displaced:
            reasons.append(
                Condition(
                    "store_displaced", "journal.db was moved or replaced while it was open",
                    hint: "Put the file back, or run ./run.sh restart ingress."))
        case .damaged(let error):
            reasons.append(
                Condition(
                    "store_damaged", "\(error)",
                    hint: "./run.sh stop, move journal.db away and keep it, ./run.sh: webhooks are "
                        + "taken again. What inbox had not seen is in that file."))
        case .closed, .broken:
            reasons.append(
                Condition(
                    "store_damaged", "the journal cannot be used",
                    hint: "See ./run.sh logs ingress."))
        }
        let report = place.report(
            reasons: reasons,
            figures: [
                "spooled": lag.entries, "commits": Int64(await journal.commits),
                "event_streams": Int64(await hub.listeners), "erasing": await redactor.left,
            ])
        return ProcessState(service: .ingress, report: report, reasons: report.reasons)
    }

    private func state(
        of client: Client, _ service: Service,
        _ describe: @Sendable () async throws -> ProcessReport
    ) async -> ProcessState {
        switch await client.presence {
        case .away(let since):
            let away = Clocks.boot - since
            let reasons =
                away > Self.awayTolerated
                ? [
                    Condition(
                        "process_away", "\(service.rawValue) has been away for \(away / 1_000) s",
                        hint: "See ./run.sh status and ./run.sh logs \(service.rawValue).")
                ] : []
            return ProcessState(service: service, report: nil, reasons: reasons)
        case .strange(let why):
            return ProcessState(
                service: service, report: nil,
                reasons: [
                    Condition(
                        "process_strange", "\(service.rawValue): \(why)",
                        hint: "Restart the whole group: ./run.sh stop, then ./run.sh.")
                ])
        case .present:
            guard let report = try? await describe() else {
                return ProcessState(
                    service: service, report: nil,
                    reasons: [
                        Condition(
                            "process_hung", "\(service.rawValue) is there but does not answer",
                            hint: "Run ./run.sh restart \(service.rawValue).")
                    ])
            }
            return ProcessState(service: service, report: report, reasons: report.reasons)
        }
    }
}
