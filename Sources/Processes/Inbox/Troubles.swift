internal import CloudAPI
internal import SQLite
internal import Wire

extension InboxStore {
    /// Kinds of trouble with the account that last at `now` (wall clock, milliseconds), each with its texts in
    /// the order in which Meta told them.
    ///
    /// Of the events of one subject the last counts, by Meta's clock.
    func troubles(now: Int64) throws -> [AccountAlarm.Kind: [String]] {
        let store = try opened()
        let lasting = try store.sql(
            """
            SELECT e.trouble FROM account_events AS e INDEXED BY account_troubles
            WHERE e.trouble <> '' AND NOT EXISTS (
                SELECT 1 FROM account_events AS n
                WHERE n.subject = e.subject AND n.subject <> ''
                    AND (n.time, n.at, n.key) > (e.time, e.at, e.key))
            ORDER BY e.time, e.at, e.key
            """
        ).all { store.fold.coder.decode(AccountAlarm.Trouble.self, $0.text(0)) }
        var texts: [AccountAlarm.Kind: [String]] = [:]
        for trouble in lasting.compactMap({ $0 }) where trouble.until ?? .max > now / 1_000 {
            texts[trouble.kind, default: []].append(trouble.text)
        }
        return texts
    }

    /// Names that this release does not know, the most frequent first.
    func unknownNames() throws -> [(place: String, name: String, count: Int64)] {
        try opened().ledger.unknownNames()
    }
}

extension Condition {
    /// Texts of one kind that are shown; the rest is counted.
    private static let shownTexts = 3

    /// What a person should know of trouble of one kind.
    static func trouble(_ kind: AccountAlarm.Kind, _ texts: [String]) -> Condition {
        // The newest ones.
        let text = brief(texts.suffix(shownTexts), of: texts.count)
        return switch kind {
        case .accountBlocked:
            Condition(
                "account_blocked", text,
                hint: "Open Account Quality in Meta's Business Manager; ask for a review there.")
        case .accountAlert:
            Condition(
                "account_alert", text, hint: "Open WhatsApp Manager; it says what Meta wants.")
        case .templateStopped:
            Condition(
                "template_stopped", text,
                hint:
                    "Edit the template in WhatsApp Manager or send another; a pause ends by itself."
            )
        case .qualityLow:
            Condition(
                "quality_low", text,
                hint: "Write to fewer people, and only to those who want it, until it recovers.")
        case .numberSecurity:
            Condition(
                "number_security", text,
                hint:
                    "If it was none of you, change the PIN and the password of the account at once."
            )
        }
    }

    /// What Meta sent and this release does not know.
    static func unknownNames(
        _ names: [(place: String, name: String, count: Int64)]
    ) -> Condition? {
        guard !names.isEmpty else { return nil }
        let texts = names.prefix(shownTexts).map {
            "\($0.place) \($0.name) (\($0.count) times)."
        }
        let text = brief(texts[...], of: names.count)
        return Condition(
            "unknown_names", "Meta sent what this release does not know: \(text)",
            hint: "It is kept as it came; a newer release may show it.")
    }

    private static func brief(_ shown: ArraySlice<String>, of count: Int) -> String {
        let text = shown.joined(separator: " ")
        return count > shown.count ? "\(text) And \(count - shown.count) more." : text
    }
}
