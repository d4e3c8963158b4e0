import FoundationEssentials
import JSON
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("Settlement by the change feed")
struct SettlementTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func status(
        _ status: MessageStatus, of id: String, _ wamid: String, code: Int64? = nil
    ) -> Event {
        var data: [String: JSONValue] = [
            "id": .string(id), "wamid": .string(wamid), "status": .string(status.rawValue),
        ]
        data["error"] = code.map { ["provider_code": .integer($0), "message": "no"] }
        return Event(
            id: "e-1", type: InternalEvent.statusReported.rawValue, at: Timestamp(milliseconds: 0),
            phoneNumberID: "100", data: .object(data))
    }

    /// An inbox that answers each question with these events.
    private static func settlement(
        _ it: LiveOutbox, _ events: [Event], more: Bool = false, completeTo: Int64? = nil
    ) -> Settlement {
        Settlement(
            of: it.scratch.outbox, for: it.sender, telling: it.templates, on: it.scratch.loop
        ) { asked, _ in
            .init(
                events: events, next: (asked.after ?? "") + "+", more: more, completeTo: completeTo)
        }
    }

    private static let lost: ScriptedGraph.Script = { _, _ in .unknown(reason: "timeout") }

    /// Later than any hold of this test.
    private static var afterHold: Int64 { Clocks.boot + OutboxStore.evidenceWait + 1_000 }

    @Test(
        "a status that echoes an attempt settles the message, in its hold or long after",
        arguments: [false, true], [MessageStatus.sent, .delivered, .read])
    func proven(late: Bool, by status: MessageStatus) async throws {
        try await LiveOutbox.open(in: folder, Self.lost) { it in
            _ = try await it.send("msg_a")
            if late {
                _ = try await Self.settlement(it, [], completeTo: Self.afterHold).step(after: "0")
                let dead = try await it.scratch.outbox.find(.id("msg_a"))?.0.message
                #expect(dead?.isDeadLetter == true && dead?.status == .unknown)
            }
            _ = try await Self.settlement(it, [Self.status(status, of: "msg_a", "w")])
                .step(after: "0")
            let found = try await it.scratch.outbox.find(.id("msg_a"))
            #expect(found?.0.message.state == .accepted(wamid: "w"))
            #expect(found?.1.first?.wamid == "w")
            #expect(try await it.scratch.outbox.find(.id("w"))?.0.id == "msg_a")
        }
    }

    @Test("a hold ends only when ingress's journal is complete up to its end")
    func hold() async throws {
        try await LiveOutbox.open(in: folder, Self.lost) { it in
            _ = try await it.send("msg_a")
            let wait = OutboxStore.evidenceWait
            for completeTo in [nil, Clocks.boot, Clocks.boot + wait - 5_000] {
                _ = try await Self.settlement(it, [], completeTo: completeTo).step(after: "0")
                #expect(
                    try await it.scratch.outbox.find(.id("msg_a"))?.0.message.isDeadLetter == false)
            }
            // What is still to be read may be the proof.
            _ = try await Self.settlement(it, [], more: true, completeTo: Self.afterHold)
                .step(after: "0")
            #expect(try await it.scratch.outbox.find(.id("msg_a"))?.0.message.isDeadLetter == false)
            _ = try await Self.settlement(it, [], completeTo: Self.afterHold).step(after: "0")
            #expect(try await it.scratch.outbox.find(.id("msg_a"))?.0.message.isDeadLetter == true)
        }
    }

    @Test("proof that comes together with the end of the hold comes first")
    func together() async throws {
        try await LiveOutbox.open(in: folder, Self.lost) { it in
            _ = try await it.send("msg_a")
            let events = [Self.status(.sent, of: "msg_a", "w")]
            _ = try await Self.settlement(it, events, completeTo: Self.afterHold).step(after: "0")
            let status = try await it.status("msg_a")
            #expect(status == .accepted)
        }
    }

    @Test("a caller who asked for it has it sent again after the hold, as another attempt")
    func resend() async throws {
        try await LiveOutbox.open(
            in: folder,
            { n, _ in n == 0 ? .unknown(reason: "x") : .accepted(wamid: "w2", waID: nil) }
        ) { it in
            _ = try await it.send("msg_a", extra: ",\"on_unknown\":\"resend\"")
            _ = try await Self.settlement(it, [], completeTo: Self.afterHold).step(after: "0")
            #expect(try await it.reaches(.accepted, "msg_a"))
            #expect(await it.graph.requests.map(\.name) == ["msg_a.1", "msg_a.2"])
            // The first one arrived after all: one more wamid of the same message.
            _ = try await Self.settlement(it, [Self.status(.sent, of: "msg_a", "w1")])
                .step(after: "0")
            let found = try await it.scratch.outbox.find(.id("msg_a"))
            #expect(found?.0.message.wamid == "w2")
            #expect(found?.1.map(\.wamid) == ["w1", "w2"])
        }
    }

    @Test("a failure that Meta tells later makes a dead letter of an accepted message, once")
    func lateFailure() async throws {
        try await LiveOutbox.open(in: folder) { it in
            _ = try await it.send("msg_a")
            let failed = Self.status(.failed, of: "msg_a", "wamid.0", code: 131_047)
            _ = try await Self.settlement(it, [failed, failed]).step(after: "0")
            let message = try await it.scratch.outbox.find(.id("msg_a"))?.0.message
            #expect(message?.isDeadLetter == true && message?.problem?.code == .outsideWindow)
            let told = try await it.scratch.transitions().filter { $0.status == .failed }
            #expect(told.count == 1)
        }
    }

    @Test("a failure of the account that comes later pauses it")
    func latePause() async throws {
        try await LiveOutbox.open(in: folder) { it in
            _ = try await it.send("msg_a")
            let failed = Self.status(.failed, of: "msg_a", "wamid.0", code: 131_042)
            _ = try await Self.settlement(it, [failed]).step(after: "0")
            #expect(await it.sender.conditions.map(\.code) == ["sending_paused"])
        }
    }

    @Test("what is no proof changes nothing: our own states, foreign and inbound messages")
    func noProof() async throws {
        try await LiveOutbox.open(in: folder, Self.lost) { it in
            _ = try await it.send("msg_a")
            let events = [
                Self.status(.unknown, of: "msg_a", "w"), Self.status(.accepted, of: "msg_a", "w"),
                Self.status(.sent, of: "msg_b", "w"), Self.status(.sent, of: "msg_a", ""),
            ]
            _ = try await Self.settlement(it, events).step(after: "0")
            let status = try await it.status("msg_a")
            #expect(status == .unknown)
        }
    }

    @Test("the position is kept with the effect, and survives a restart")
    func position() async throws {
        try await LiveOutbox.open(in: folder) { it in
            let next = try await Self.settlement(it, []).step(after: "0-5")
            #expect(next == "0-5+")
        }
        try await LiveOutbox.open(in: folder) { it in
            let kept = try await it.scratch.outbox.change { _, tables, _ in
                try tables.feed.position()
            }
            #expect(kept == "0-5+")
        }
    }
}
