internal import FoundationEssentials
internal import JSON
internal import Wire

/// Prints whether all that was answered for is there; 0 when it is, 1 when a gap is named.
func audit(_ group: Group, _ arguments: [String]) throws -> CInt {
    var path = "/api/whatsapp/audit"
    if let day = arguments.first {
        guard arguments.count == 2, day == "--day" else {
            complain("usage: audit [--day 2026-11-26]")
            return 64
        }
        path += "?day=\(arguments[1].filter { $0.isNumber || $0 == "-" })"
    }
    let answer = try group.ask("GET", path)
    guard answer.status == 200 else { return complain(about: answer) }
    let report = try JSONDecoder().decode(AuditReport.self, from: Data(answer.body.utf8))
    for line in AuditScreen(report).lines { print(line) }
    return report.whole ? 0 : 1
}

extension Group {
    /// Asks the gateway with this tool's token.
    func ask(
        _ method: String, _ path: String, body: [UInt8] = [], patience: Int = GatewayHTTP.patience
    ) throws -> GatewayHTTP.Answer {
        var headers: [String] = []
        if let token = try token() { headers.append("Authorization: Bearer \(token)") }
        if !body.isEmpty { headers.append("Content-Type: application/json") }
        return try http().ask(method, path, headers: headers, body: body, patience: patience)
    }
}

/// Says what an answer that is an error says; answers 1.
func complain(about answer: GatewayHTTP.Answer) -> CInt {
    let body = try? JSONValue(parsing: Data(answer.body.utf8))
    let error = body?["error"]
    complain(
        "\(error?["message"]?.text ?? "the gateway answered \(answer.status)") \(error?["hint"]?.text ?? "")"
    )
    return 1
}

/// An audit as a table of one screen.
struct AuditScreen {
    /// Rows and gaps that fit on a screen; the API has them all.
    private static let mostDays = 28
    private static let mostGaps = 20

    let lines: [String]

    init(_ report: AuditReport) {
        var lines = [
            Self.row(
                "day", "journal",
                ["answered", "entries", "applied", "waiting", "set aside", "lost"])
        ]
        if report.days.count > Self.mostDays {
            lines.append("… \(report.days.count - Self.mostDays) rows before")
        }
        for day in report.days.suffix(Self.mostDays) {
            let counts = [day.entries, day.applied, day.waiting, day.setAside, day.lost]
            // Provider's callers are told by states, not by a 200 for each entry.
            let answered = day.process == .ingress ? "\(day.answered)" : "–"
            lines.append(
                Self.row(day.day, day.process.rawValue, [answered] + counts.map { "\($0)" }))
        }
        if report.days.isEmpty { lines.append("nothing was written") }
        for gap in report.gaps.prefix(Self.mostGaps) {
            lines += ["\(gap.kind.rawValue): \(gap.message)", "    \(gap.hint)"]
        }
        if report.gaps.count > Self.mostGaps {
            lines.append("… \(report.gaps.count - Self.mostGaps) more")
        }
        let waiting = report.days.reduce(0) { $0 + $1.waiting }
        switch (report.whole, waiting) {
        case (false, _): lines.append("there are gaps")
        case (true, 0): lines.append("whole: all that was answered for is there")
        case (true, _): lines.append("whole; \(waiting) entries are on their way to inbox")
        }
        self.lines = lines
    }

    private static func row(_ day: String, _ journal: String, _ cells: [String]) -> String {
        let counts = cells.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }
        return day + String(repeating: " ", count: max(1, 12 - day.count)) + journal
            + String(repeating: " ", count: max(1, 9 - journal.count)) + counts.joined()
    }
}
