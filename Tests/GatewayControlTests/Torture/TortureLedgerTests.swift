import Testing
import Wire

@testable import GatewayControl

/// Moments of a run, by their second.
private func at(_ second: Double) -> ContinuousClock.Instant { start + .seconds(second) }
private let start = ContinuousClock.now

private let webhook = Errand([.message("w1"), .message("w2")], "/api/whatsapp/webhook", [], "{}")
private let send = Errand([.send("k1")], "/api/whatsapp/send", [], "{}")
private let status = Errand([.status("k1", "sent")], "/api/whatsapp/webhook", [], "{}")

/// What is there when every promise was kept.
private let whole = StoredItems(
    messages: ["w1": 1, "w2": 1],
    sends: ["k1": [.init(id: "msg_1", status: .sent, reached: ["sent"])]])

@Suite("The verdict of a torture")
struct TortureLedgerTests {
    /// A ledger after three calls that were answered, the first of them during a kill of ingress.
    private func answered() -> TortureLedger {
        var ledger = TortureLedger()
        ledger.begin(.kill(.ingress), at: at(1))
        ledger.noteKills(1, of: .kill(.ingress))
        ledger.end(at: at(2))
        ledger.note(.answered(200), of: webhook, from: at(0.5), to: at(1.5))
        ledger.note(.answered(202), of: send, from: at(3), to: at(4))
        ledger.noteSend("k1", id: "msg_1", status: .queued)
        ledger.note(.answered(200), of: status, from: at(5), to: at(5.5))
        return ledger
    }

    private func judged(
        _ stored: StoredItems = whole, taken: [String: Int] = ["k1": 1]
    ) -> TortureLedger {
        var ledger = answered()
        _ = ledger.judge(stored, taken: taken)
        return ledger
    }

    @Test("all that was answered is there once: good, each call in the row of what it met")
    func good() {
        let ledger = judged()
        #expect(TortureTable(ledger).isGood)
        #expect(ledger.complaints == [])
        let kill = ledger.rows[.fault(.kill(.ingress))]
        #expect(kill?.faults == 1 && kill?.kills == 1)
        #expect(kill?.acknowledged == 2 && kill?.stored == 2)
        #expect(kill?.worstWait == .seconds(1))
        #expect(ledger.rows[.calm]?.acknowledged == 2 && ledger.rows[.calm]?.stored == 2)
    }

    @Test("an answered message that cannot be read is lost, in the row of the call")
    func lostMessage() {
        var stored = whole
        stored.messages["w2"] = nil
        let ledger = judged(stored)
        #expect(ledger.rows[.fault(.kill(.ingress))]?.lost == 1)
        #expect(ledger.total.lost == 1 && ledger.total.stored == 3)
        #expect(!TortureTable(ledger).isGood)
    }

    @Test("a status that cannot be read is lost")
    func lostStatus() {
        var stored = whole
        stored.sends["k1"]?[0].reached = ["delivered"]
        #expect(judged(stored).total.lost == 1)
    }

    @Test(
        "a message to a person that Graph never got is lost, whatever is said of it but that nobody knows",
        arguments: MessageStatus.allCases)
    func lostSend(state: MessageStatus) {
        var stored = whole
        stored.sends["k1"]?[0].status = state
        #expect(judged(stored, taken: [:]).total.lost == (state == .unknown ? 0 : 1))
    }

    @Test(
        "one that fails or waits for good is lost though Graph got it",
        arguments: [
            MessageStatus.queued, .sending, .held, .refused, .failed,
        ])
    func stuckSend(state: MessageStatus) {
        var stored = whole
        stored.sends["k1"]?[0].status = state
        #expect(judged(stored).total.lost == 1)
    }

    @Test("one that is not there, or under another id than was answered, is lost")
    func otherSend() {
        var stored = whole
        stored.sends["k1"]?[0].id = "msg_2"
        #expect(judged(stored).total.lost == 1)
        stored.sends["k1"] = nil
        // With it goes its status.
        #expect(judged(stored).total.lost == 2)
    }

    @Test("what is stored twice, and what Graph got twice, is there twice")
    func twice() {
        var stored = whole
        stored.messages["w1"] = 3
        #expect(judged(stored).total.twice == 2)
        #expect(judged(taken: ["k1": 2]).total.twice == 1)
        #expect(!TortureTable(judged(taken: ["k1": 2])).isGood)
        stored = whole
        stored.sends["k1"]?.append(.init(id: "msg_2", status: .sent, reached: []))
        #expect(judged(stored).total.twice == 1)
    }

    @Test("the same key answered with another id is a second message")
    func secondID() {
        var ledger = answered()
        ledger.noteSend("k1", id: "msg_1", status: .accepted)
        #expect(ledger.total.twice == 0)
        ledger.noteSend("k1", id: "msg_2", status: .accepted)
        #expect(ledger.total.twice == 1)
    }

    @Test("a promise that is repeated counts once")
    func repeated() {
        var ledger = answered()
        ledger.note(.answered(200), of: webhook, from: at(6), to: at(7))
        #expect(ledger.total.acknowledged == 4)
    }

    @Test("a refusal that no fault explains is one, and spoils the run")
    func refused() {
        var ledger = judged()
        ledger.note(.answered(503), of: send, from: at(8), to: at(9))
        #expect(ledger.rows[.calm]?.refused == 1)
        #expect(!TortureTable(ledger).isGood)
        #expect(ledger.complaints.count == 1)
    }

    @Test("an errand that nobody ever answered spoils the run")
    func unanswered() {
        var ledger = judged()
        ledger.giveUp(send)
        #expect(!TortureTable(ledger).isGood)
    }

    @Test("a gap that the group's own audit names spoils the run")
    func gap() {
        var ledger = judged()
        ledger.noteGap("audit: 2 entries of ingress were gone")
        #expect(!TortureTable(ledger).isGood)
        #expect(ledger.complaints == ["audit: 2 entries of ingress were gone"])
    }

    @Test("what a fault explains is told apart: broken off, or turned away")
    func explained() {
        var ledger = judged()
        ledger.begin(.supervisord, at: at(10))
        ledger.note(.reset, of: send, from: at(10.1), to: at(10.2))
        ledger.note(.refused, of: send, from: at(10.1), to: at(10.2))
        ledger.note(.answered(503), of: send, from: at(10.1), to: at(10.2))
        let row = ledger.rows[.fault(.supervisord)]
        #expect(row?.reset == 1 && row?.away == 2 && row?.refused == 0)
        #expect(TortureTable(ledger).isGood)
    }

    @Test("who meets two faults is with those that chain")
    func severalFaults() {
        var ledger = TortureLedger()
        for second in [1.0, 3] {
            ledger.begin(.kill(.signer), at: at(second))
            ledger.end(at: at(second + 1))
        }
        ledger.note(.answered(200), of: send, from: at(1.5), to: at(3.5))
        ledger.note(.answered(200), of: status, from: at(2.1), to: at(2.9))
        #expect(ledger.rows[.fault(.chain)]?.acknowledged == 1)
        #expect(ledger.rows[.calm]?.acknowledged == 1)
    }

    @Test("what a caller was told unknown of is settled, or still in doubt")
    func doubts() {
        var stored = StoredItems()
        var ledger = TortureLedger()
        for (key, state) in [
            ("k1", MessageStatus.sent), ("k2", .unknown), ("k3", .unknown), ("k4", .unknown),
        ] {
            ledger.noteSend(key, id: key, status: .unknown)
            stored.sends[key] = [.init(id: key, status: state, reached: [])]
        }
        #expect(
            ledger.judge(stored, taken: ["k1": 1, "k2": 1])
                == .init(settled: 1, taken: 1, notTaken: 2))
    }

    @Test("a run in which nothing was answered is not good")
    func nothing() {
        #expect(!TortureTable(TortureLedger()).isGood)
    }
}
