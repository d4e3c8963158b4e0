internal import FoundationEssentials
internal import JSON

/// The list of dead letters as people read it.
enum DeadLetterText {
    /// A page of the list, the counts of all, and what to do next.
    static func list(_ page: JSONValue) -> [String] {
        let letters = page["dead_letters"]?.elements ?? []
        let counts = (page["counts"]?.members ?? [:]).compactMap { cause, count in
            count.number.map { (cause: cause, count: $0) }
        }.sorted { $0.cause < $1.cause }
        guard !counts.isEmpty else { return ["no dead letters"] }
        var lines = table(
            [["ID", "CAUSE", "TO", "SINCE", "TRIES", "WHAT HAPPENED"]]
                + letters.map { letter in
                    [
                        letter["id"]?.text ?? "", letter["cause"]?.text ?? "",
                        letter["to"]?.text ?? "", letter["changed_at"]?.text ?? "",
                        "\(letter["attempts"]?.number ?? 0)",
                        letter["error"]?["message"]?.text ?? "Meta never said what became of it.",
                    ]
                })
        if page["next_cursor"]?.text != nil {
            lines.append("… the newest \(letters.count); --cause CAUSE narrows them down")
        }
        lines.append("")
        lines += counts.map { "\($0.count) \($0.cause)" }
        return lines + [""] + next(counts.map(\.cause))
    }

    /// One dead letter with all that is known of it.
    static func whole(_ letter: JSONValue) -> [String] {
        let names = [
            "id", "status", "cause", "to", "phone_number_id", "reference", "attempts", "taken_at",
            "changed_at",
        ]
        var rows = names.compactMap { name in letter[name].map { [name, word($0)] } }
        for name in ["message", "details", "provider_code", "trace", "hint"] {
            if let value = letter["error"]?[name] { rows.append(["error.\(name)", word(value)]) }
        }
        return table(rows) + ["request", pretty(letter["request"] ?? .null)]
    }

    /// What was let go, or what would be.
    static func retried(_ answer: JSONValue, isTrial: Bool) -> [String] {
        let count = answer["retried"]?.elements?.count ?? 0
        var lines = [isTrial ? "\(count) would go again" : "\(count) go again, in their order"]
        for refusal in answer["would_be_refused"]?.elements ?? [] {
            let why = refusal["error"]?["message"]?.text ?? refusal["message"]?.text ?? ""
            let hint = refusal["error"]?["hint"]?.text ?? refusal["hint"]?.text ?? ""
            lines.append("\(refusal["id"]?.text ?? "") would be refused: \(why) \(hint)")
        }
        if case .bool(true)? = answer["more"] { lines.append("more are left: run it once more") }
        return lines
    }

    /// An error answer, with its cure.
    static func problem(_ answer: JSONValue) -> String {
        let error = answer["error"]
        return "\(error?["message"]?.text ?? "no answer that can be read") "
            + (error?["hint"]?.text ?? "")
    }

    // MARK: Parts

    private static func next(_ causes: [String]) -> [String] {
        var lines = [
            "next: ./run.sh dead-letters show ID has the cure; once it is cured,",
            "      ./run.sh dead-letters retry --cause CAUSE, or discard ID",
        ]
        let doubtful = causes.filter { ["outcome_unknown", "restored"].contains($0) }
        if !doubtful.isEmpty {
            lines.append(
                "\(doubtful.joined(separator: ", ")): they may have arrived; retry --all leaves them"
            )
        }
        return lines
    }

    /// Columns as wide as their widest word, the last one as it is.
    private static func table(_ rows: [[String]]) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, word in
                let isLast = column == row.count - 1
                return word
                    + String(repeating: " ", count: isLast ? 0 : widths[column] - word.count)
            }.joined(separator: "  ")
        }
    }

    private static func word(_ value: JSONValue) -> String {
        value.text ?? value.number.map(String.init) ?? pretty(value)
    }

    private static func pretty(_ value: JSONValue) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}

extension JSONValue {
    fileprivate var number: Int64? { if case .integer(let number) = self { number } else { nil } }
}
