/// The table of a torture: a row for each kind of fault that there was, and the totals.
struct TortureTable {
    /// What a call waits at most that meets the kill of one process: supervisord takes up to 2 s to start it again.
    static let longestWait = Duration.milliseconds(2_500)

    private let ledger: TortureLedger

    init(_ ledger: TortureLedger) { self.ledger = ledger }

    private static let titles = [
        "fault", "faults", "kills", "acknowledged", "stored", "lost", "twice", "refused", "reset",
        "away", "worst wait",
    ]

    /// One line each, the titles first.
    var lines: [String] {
        let kinds = [TortureLedger.Row.calm] + FaultKind.allCases.map { .fault($0) }
        let rows = kinds.compactMap { row in ledger.rows[row].map { cells(row.name, $0) } }
        let all = [Self.titles] + rows + [cells("total", ledger.total)]
        let widths = Self.titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            zip(row, widths).enumerated().map { column, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + padding : padding + cell.0
            }.joined(separator: "  ")
        }
    }

    private func cells(_ name: String, _ counts: TortureLedger.Counts) -> [String] {
        let numbers = [
            counts.faults, counts.kills, counts.acknowledged, counts.stored, counts.lost,
            counts.twice, counts.refused, counts.reset, counts.away,
        ]
        return [name] + numbers.map { "\($0)" } + [seconds(counts.worstWait)]
    }

    /// Kills of one process at which somebody waited longer than is promised.
    var slowKills: [String] {
        FaultKind.allCases.filter(\.isOneKill).compactMap { kind in
            guard let wait = ledger.rows[.fault(kind)]?.worstWait, wait >= Self.longestWait else {
                return nil
            }
            return
                "a call at \(kind.name) waited \(seconds(wait)), over \(seconds(Self.longestWait))"
        }
    }

    /// Whether every promise was kept.
    var isGood: Bool {
        let total = ledger.total
        return ledger.gaps == 0 && total.lost == 0 && total.twice == 0 && total.refused == 0
            && total.stored == total.acknowledged && total.acknowledged > 0
    }
}

/// As people read it: `1.02 s`.
func seconds(_ time: Duration) -> String {
    let hundredths = Int((time / .milliseconds(10)).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
}
