internal import Glibc
internal import Reactor

/// What a torture shows while it goes on: a line for each fault, and on a terminal one that lives.
// Unchecked: only touched on the loop's thread.
final class TortureView: @unchecked Sendable {
    private let isOn: Bool
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let start = ContinuousClock.now
    private var last = (at: ContinuousClock.now, acknowledged: 0)
    private var rate = 0
    /// Complaints that were shown.
    private var shown = 0

    init(isOn: Bool) { self.isOn = isOn }

    /// Says what stays.
    func say(_ text: String) {
        write((isOn && isTerminal ? "\r\u{1B}[K" : "") + text + "\n")
    }

    /// A fault is over.
    func ended(_ fault: Fault, kills: Int, took: Duration, _ ledger: TortureLedger) {
        guard isOn else { return }
        for complaint in ledger.complaints.dropFirst(shown) { say("           \(complaint)") }
        shown = ledger.complaints.count
        let wait = ledger.rows[.fault(fault.kind)]?.worstWait ?? .zero
        let count = kills > 1 ? " (\(kills) kills)" : ""
        say(
            "\(padded(seconds(.now - start), 9))  \(fault.kind.name)\(count): whole after "
                + "\(seconds(took)); \(line(ledger)), worst wait of its kind \(seconds(wait))")
        live(nil, ledger)
    }

    /// The line that lives; `fault` is what goes on.
    func live(_ fault: FaultKind?, _ ledger: TortureLedger) {
        guard isOn, isTerminal else { return }
        // It must not wrap, or a narrow terminal could not take it back.
        write(
            "\r\u{1B}[K\u{1B}[?7l\(padded(seconds(.now - start), 9))  \(fault?.name ?? "–"): "
                + "\(line(ledger)), worst wait \(seconds(ledger.total.worstWait))\u{1B}[?7h")
    }

    private func line(_ ledger: TortureLedger) -> String {
        let total = ledger.total
        let time = ContinuousClock.now - last.at
        if time >= .seconds(1) {
            rate = Int(Double(total.acknowledged - last.acknowledged) / (time / .seconds(1)))
            last = (.now, total.acknowledged)
        }
        return "\(total.kills) kills, \(total.acknowledged) acknowledged, \(rate)/s, "
            + "\(total.refused) refused"
    }

    private func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private func write(_ text: String) {
        var text = text
        _ = text.withUTF8 { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
