internal import Daemon
internal import Wire

extension Inbox {
    /// How this process is, in figures and in what a person should know.
    func report() async throws -> ProcessReport {
        if let damage {
            let reason = Condition(
                "store_damaged", "\(damage)",
                hint: "Restore a backup of inbox.db; the journals fill in what came after it.")
            return place.report(reasons: [reason])
        }
        var figures = try await kept { try await self.store.figures() }
        for (process, moment) in positions.completeTo {
            figures["complete_to_\(process.rawValue)"] = moment
        }
        let reasons = full.map { full in
            Condition(
                "store_full", "inbox stores nothing: \(full)",
                hint: "Free disk space; the journals keep what comes until then.")
        }
        return place.report(
            reasons: reasons.map { [$0] } ?? [], warnings: Self.warnings(figures), figures: figures)
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
