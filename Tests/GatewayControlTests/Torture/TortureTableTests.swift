import Testing
import Wire

@testable import GatewayControl

@Suite("The table and the options of a torture")
struct TortureTableTests {
    @Test("a row for each kind that there was, in their order, and the totals")
    func table() {
        let start = ContinuousClock.now
        var ledger = TortureLedger()
        let errand = Errand([.message("w")], "/", [], "")
        for kind in [FaultKind.all, .kill(.signer)] {
            ledger.begin(kind, at: start)
            ledger.end(at: start + .seconds(1))
            ledger.noteKills(kind == .all ? 4 : 1, of: kind)
        }
        ledger.note(
            .answered(200), of: errand, from: start + .seconds(2), to: start + .seconds(4.5))
        let lines = TortureTable(ledger).lines
        #expect(lines.count == 5)
        #expect(Set(lines.map(\.count)).count == 1, "columns are aligned")
        let words = lines.map { $0.split(separator: " ").map(String.init) }
        #expect(
            words[1] == ["no", "fault", "0", "0", "1", "0", "0", "0", "0", "0", "0", "2.50", "s"])
        #expect(words[2].starts(with: ["kill", "signer", "1", "1"]))
        #expect(words[3].starts(with: ["kill", "all", "four", "1", "4"]))
        #expect(words[4] == ["total", "2", "5", "1", "0", "0", "0", "0", "0", "0", "2.50", "s"])
    }

    @Test("a wait of 2.5 s at one kill is named, at kills that chain it is not")
    func slowKills() {
        func table(_ kind: FaultKind, _ wait: Duration) -> TortureTable {
            let start = ContinuousClock.now
            var ledger = TortureLedger()
            ledger.begin(kind, at: start)
            ledger.note(.answered(200), of: Errand([], "/", [], ""), from: start, to: start + wait)
            return TortureTable(ledger)
        }
        #expect(table(.kill(.inbox), .milliseconds(2_499)).slowKills == [])
        #expect(
            table(.kill(.inbox), .milliseconds(2_500)).slowKills
                == ["a call at kill inbox waited 2.50 s, over 2.50 s"])
        #expect(table(.chain, .seconds(9)).slowKills == [])
    }

    @Test("seconds are written with two digits")
    func times() {
        #expect(seconds(.zero) == "0.00 s")
        #expect(seconds(.milliseconds(1_049)) == "1.05 s")
        #expect(seconds(.milliseconds(12_500)) == "12.50 s")
    }

    @Test(
        "its options",
        arguments: [
            ([], 2, nil, 9, nil, false, false),
            (["--minutes", "40"], 40, nil, 9, nil, false, false),
            (["--kills", "200", "--watch"], nil, 200, 9, nil, true, false),
            (
                ["--seed", "7", "--minutes", "1", "--kills", "5", "--keep"], 1, 5, 7, nil, false,
                true
            ),
            (["--only", "kill supervisord"], 2, nil, 9, .supervisord, false, false),
        ] as [([String], Int?, Int?, UInt64, FaultKind?, Bool, Bool)])
    func options(
        arguments: [String], minutes: Int?, kills: Int?, seed: UInt64, only: FaultKind?,
        watched: Bool, keeps: Bool
    ) throws {
        let options = try TortureOptions(arguments, seed: 9)
        #expect(options.minutes == minutes && options.kills == kills)
        #expect(options.seed == seed && options.only == only)
        #expect(options.isWatched == watched && options.keeps == keeps)
    }

    @Test(
        "anything else is answered with the usage",
        arguments: [
            ["--minutes"], ["--minutes", "0"], ["--minutes", "1441"], ["--kills", "x"],
            ["--seed", "-1"],
            ["--only", "kill nobody"], ["--only"], ["5"],
        ])
    func refuses(arguments: [String]) {
        #expect(throws: TortureOptions.Usage.self) { try TortureOptions(arguments) }
    }

    @Test("with two limits the first that is reached ends it")
    func enough() throws {
        let options = try TortureOptions(["--minutes", "2", "--kills", "10"])
        #expect(!options.isEnough(after: .seconds(119), kills: 9))
        #expect(options.isEnough(after: .seconds(120), kills: 0))
        #expect(options.isEnough(after: .zero, kills: 10))
    }
}
