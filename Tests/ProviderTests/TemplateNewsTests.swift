import CloudAPI
import Daemon
import FoundationEssentials
import JSON
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("News of templates, and what waits for one", .timeLimit(.minutes(1)))
struct TemplateNewsTests: TemplateSuite {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a status of a webhook counts at once, and Meta is asked again, once for many")
    func statusUpdate() async throws {
        let source = ScriptedTemplates([[ScriptedTemplates.template("t")]])
        try await with(source) { templates, _ in
            source.set(ScriptedTemplates.template("t", status: "PAUSED"))
            for _ in 0..<5 { await templates.follow(Self.event("PAUSED")) }
            #expect(await templates.list?.all.map(\.status.word) == ["PAUSED"])
            try await eventually("the list is asked for again") { source.calls == 2 }
            #expect(await Self.refusal("t", by: templates)?.code == .templateUnavailable)
        }
    }

    @Test("old news, and news of another account's template, change nothing")
    func oldNews() async throws {
        let source = ScriptedTemplates([[ScriptedTemplates.template("t")]])
        try await with(source) { templates, _ in
            await templates.follow(Self.event("PAUSED", at: Clocks.wall - 3_600_000))
            await templates.follow(Self.event("PAUSED", id: 2))
            await templates.follow(Self.event("FLAGGED"))
            #expect(await templates.list?.all.map(\.status.word) == ["APPROVED"])
        }
    }

    @Test("a refusal that contradicts the list has it asked for again; another does not")
    func contradiction() async throws {
        let source = ScriptedTemplates()
        try await with(source) { templates, it in
            let watch = TemplateWatch(
                graph: ScriptedGraph(on: it.scratch.loop) { number, _ in
                    .refusal(number == 0 ? 131_026 : 132_001)
                }, templates: templates)
            for _ in 0..<3 { _ = await watch.send(Data("{}".utf8), from: "100") }
            try await eventually("the list is asked for again") { source.calls == 2 }
        }
    }

    @Test(
        "what waits for a template that is paused is held before Meta refuses it, and goes when it is good again",
        arguments: [true, false])
    func heldAndReleased(byList: Bool) async throws {
        let source = ScriptedTemplates([[ScriptedTemplates.template("t")]])
        try await with(
            source,
            { number, _ in
                number == 0 ? .refusal(131_056) : .accepted(wamid: "w\(number)", waID: nil)
            }
        ) { templates, it in
            // The first one is throttled, so that both of this person wait.
            for id in ["msg_a", "msg_b"] { _ = try await it.sendTemplate(id, wait: 0) }
            #expect(await it.graph.arrived(1))
            source.set(ScriptedTemplates.template("t", status: "PAUSED"))
            await templates.follow(Self.event("PAUSED"))
            #expect(try await it.reaches(.held, "msg_a"))
            #expect(try await it.reaches(.held, "msg_b"))
            _ = try await it.send("msg_c", to: "+919800000002")
            #expect(try await it.reaches(.accepted, "msg_c"))
            source.set(ScriptedTemplates.template("t"))
            if byList {
                await templates.refreshed(within: .seconds(20))
                try await eventually("the list says so") {
                    if await templates.list?.all.first?.status.isSendable == true { return true }
                    await templates.refreshed(within: .seconds(1))
                    return false
                }
            } else {
                await templates.follow(Self.event("UNPAUSED"))
            }
            #expect(try await it.reaches(.accepted, "msg_a"))
            #expect(try await it.reaches(.accepted, "msg_b"))
        }
    }

    @Test("nothing is paused for a template that nobody waits for")
    func nobodyWaits() async throws {
        let source = ScriptedTemplates([[ScriptedTemplates.template("t")]])
        try await with(source) { templates, it in
            await templates.follow(Self.event("DISABLED"))
            #expect(await it.sender.conditions.isEmpty)
        }
    }

    @Test("a caller who does not wait has a paused template held; a disabled one is refused")
    func respondAsync() async throws {
        let source = ScriptedTemplates([
            [
                ScriptedTemplates.template("t", status: "PAUSED", body: "Hi"),
                ScriptedTemplates.template("d", status: "DISABLED", body: "Hi"),
            ]
        ])
        try await with(source) { templates, it in
            #expect(await Self.refusal("t", "[]", by: templates) != nil)
            #expect(await Self.refusal("d", "[]", by: templates, answerBy: 0) != nil)
            #expect(await Self.refusal("t", "[]", by: templates, answerBy: 0) == nil)
            let standing = try await it.sendTemplate("msg_a", wait: -1)
            #expect(standing.taken.kept.message.status == .held)
            #expect(await it.graph.requests.isEmpty)
        }
    }

    @Test("what an earlier process left for a paused template is held at the start")
    func heldAtStart() async throws {
        try await LiveOutbox.open(in: folder, { _, _ in .refusal(131_056) }) { it in
            for id in ["msg_a", "msg_b"] { _ = try await it.sendTemplate(id, wait: 0) }
        }
        try await ScratchOutbox.open(in: folder, mode: .live) { scratch in
            let graph = ScriptedGraph(on: scratch.loop)
            let sender = MessageSender(
                of: scratch.outbox, over: graph, by: .slowProbes, on: scratch.loop)
            let objection = TemplateObjection.notSendable(
                TemplateStatus("PAUSED"), rejection: nil, sendable: [])
            let key = TemplateKey(name: "t", language: "en")
            try await sender.start(holding: [key.description: Problem(objection, to: key)])
            try await eventually("both are held") {
                await scratch.outbox.figures()[.held] == 2
            }
            #expect(await graph.requests.isEmpty)
            await sender.stop()
        }
    }
}
