internal import CloudAPI
internal import Daemon
internal import Reactor
internal import Wire

extension Inbox {
    /// How this process is, in figures and in what a person should know.
    func report() async throws -> ProcessReport {
        if let damage {
            let reason = Condition(
                "store_damaged", "\(damage)",
                hint: "./run.sh rebuild makes a new one, of a backup or of the journals alone.")
            return place.report(reasons: [reason])
        }
        var figures = try await kept { try await self.store.figures() }
        for (process, moment) in positions.completeTo {
            figures["complete_to_\(process.rawValue)"] = Clocks.wall - Clocks.boot + moment
        }
        figures.merge(readTimes.figures) { figure, _ in figure }
        let troubles = try await kept { try await self.store.troubles(now: Clocks.wall) }
        figures["account_troubles"] = Int64(troubles.values.reduce(0) { $0 + $1.count })
        let names = try await kept { try await self.store.unknownNames() }
        figures["unknown_names"] = Int64(names.count)
        let full = full.map { full in
            Condition(
                "store_full", "inbox stores nothing: \(full)",
                hint: "Free disk space; the journals keep what comes until then.")
        }
        return place.report(
            reasons: (full.map { [$0] } ?? []) + Self.conditions(troubles, areReasons: true),
            warnings: Self.warnings(figures) + Self.conditions(troubles, areReasons: false)
                + (Condition.unknownNames(names).map { [$0] } ?? []),
            figures: figures)
    }

    /// What keeps messages from being sent is a reason; all else only wants attention.
    private static func conditions(
        _ troubles: [AccountAlarm.Kind: [String]], areReasons: Bool
    ) -> [Condition] {
        AccountAlarm.Kind.allCases.filter { ($0 == .accountBlocked) == areReasons }
            .compactMap { kind in troubles[kind].map { Condition.trouble(kind, $0) } }
    }

    private static func warnings(_ figures: [String: Int64]) -> [Condition] {
        var warnings: [Condition] = []
        if let holes = figures["holes"], holes > 0 {
            warnings.append(
                Condition(
                    "holes", "\(holes) times entries were pruned before inbox had them",
                    hint: "Find out what removed a journal's file; Protocols/alarms.md has more."))
        }
        if let unparsed = figures["unparsed"], unparsed > 0 {
            warnings.append(
                Condition(
                    "unparsed", "\(unparsed) webhooks or entries could not be read, but are kept",
                    hint: "A newer release may read them; Protocols/alarms.md has more."))
        }
        return warnings
    }
}
