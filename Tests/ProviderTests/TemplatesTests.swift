import CloudAPI
import Daemon
import FoundationEssentials
import JSON
import Reactor
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Provider

/// An account whose list a test sets; it counts how often it is asked for.
final class ScriptedTemplates: TemplateSource {
    private let pages: Mutex<Result<[[JSONValue]], TemplatesUnavailable>>
    private let count = Mutex(0)

    init(_ pages: [[JSONValue]] = [[]]) { self.pages = Mutex(.success(pages)) }

    /// Calls so far: one a page.
    var calls: Int { count.withLock { $0 } }

    func set(_ templates: JSONValue...) { pages.withLock { $0 = .success([templates]) } }

    func fail() {
        pages.withLock { $0 = .failure(TemplatesUnavailable(reason: "no", hint: "Wait.")) }
    }

    func templates(
        of account: String, after cursor: String?
    ) async -> Result<TemplatePage, TemplatesUnavailable> {
        count.withLock { $0 += 1 }
        return pages.withLock { $0 }.map { pages in
            let index = cursor.flatMap { Int($0) } ?? 0
            let next = index + 1 < pages.count ? "\(index + 1)" : nil
            return TemplatePage(templates: pages[index], next: next, bytes: 0)
        }
    }

    static func template(
        _ name: String, status: String = "APPROVED", id: String = "1", body: String = "Hi {{1}}"
    ) -> JSONValue {
        [
            "id": .string(id), "name": .string(name), "language": "en",
            "status": .string(status), "components": [["type": "BODY", "text": .string(body)]],
        ]
    }
}

@Suite("The account's templates", .timeLimit(.minutes(1)))
struct TemplatesTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Runs `body` with the templates of an account, once the first list has come or failed.
    private func with(
        _ source: ScriptedTemplates, account: String = "5", isAsked: Bool = true,
        _ script: @escaping ScriptedGraph.Script = ScriptedGraph.accept,
        _ body: @escaping @Sendable (Templates, LiveOutbox) async throws -> Void
    ) async throws {
        try await LiveOutbox.open(in: folder, rules: .slowProbes, script) { it in
            let templates = Templates(
                of: .account(account, source), over: it.scratch.outbox, on: it.scratch.loop,
                log: Log("provider"), random: { $0.lowerBound })
            try await templates.load()
            await templates.start(for: it.sender)
            if isAsked {
                try await eventually("the first list has come, or failed") {
                    await templates.finished > 0
                }
            }
            try await body(templates, it)
            await templates.stop()
        }
    }

    private static func body(
        _ name: String, _ values: String = "[\"a\"]"
    ) throws(Problem) -> SendBody {
        try SendBody(
            Data(
                #"{"to":"+919800000001","template_name":"\#(name)","language_code":"en","parameters":\#(values)}"#
                    .utf8), as: .template)
    }

    /// What a send is refused with.
    private static func refusal(
        _ name: String, _ values: String = "[\"a\"]", by templates: Templates,
        answerBy: Int64 = .max
    ) async -> Problem? {
        do throws(Problem) {
            try await templates.check(try body(name, values), answerBy: answerBy)
            return nil
        } catch { return error }
    }

    private static func event(
        _ word: String, of name: String = "t", id: Int64 = 1, at: Int64 = Clocks.wall
    ) -> Event {
        Event(
            id: "e-1", type: "account.message_template_status_update",
            at: Timestamp(milliseconds: at), phoneNumberID: "",
            data: [
                "field": "message_template_status_update",
                "value": [
                    "event": .string(word), "message_template_id": .integer(id),
                    "message_template_name": .string(name), "message_template_language": "en",
                ],
            ])
    }

    // MARK: The list

    @Test("are all there, over several pages, and after a restart without Meta")
    func kept() async throws {
        let source = ScriptedTemplates([
            [ScriptedTemplates.template("a"), ScriptedTemplates.template("b")],
            [ScriptedTemplates.template("c"), ["id": "nameless"]],
        ])
        try await with(source) { templates, _ in
            #expect(await templates.list?.all.map(\.key.name) == ["a", "b", "c"])
            #expect(source.calls == 2)
        }
        source.fail()
        try await with(source, isAsked: false) { templates, _ in
            #expect(await templates.list?.all.map(\.key.name) == ["a", "b", "c"])
            #expect(source.calls == 2, "not asked for again within a minute of the last list")
            #expect(await Self.refusal("a", "[]", by: templates) != nil)
        }
        try await with(source, account: "6") { templates, _ in
            #expect(await templates.list == nil, "another account's are none of it")
        }
    }

    @Test("that are gone, changed or new are so in what is kept too")
    func replaced() async throws {
        let source = ScriptedTemplates([
            [ScriptedTemplates.template("a"), ScriptedTemplates.template("b")]
        ])
        try await with(source) { templates, it in
            source.set(
                ScriptedTemplates.template("b", status: "PAUSED"), ScriptedTemplates.template("c"))
            await templates.want()
            try await eventually("the new list") {
                await templates.list?.all.map(\.key.name) == ["b", "c"]
            }
            let kept = try await it.scratch.outbox.change { _, tables, _ in
                try tables.templates.list(of: "5")?.0
            }
            #expect(await templates.list == kept)
            #expect(kept?.all.map(\.status.word) == ["PAUSED", "APPROVED"])
        }
    }

    @Test("a list that leads to itself, or has no end, is none")
    func endless() async throws {
        struct Endless: TemplateSource {
            let isStuck: Bool
            func templates(
                of account: String, after cursor: String?
            ) async -> Result<TemplatePage, TemplatesUnavailable> {
                let next = isStuck ? "1" : (cursor ?? "") + "1"
                return .success(TemplatePage(templates: [], next: next, bytes: 0))
            }
        }
        for isStuck in [true, false] {
            try await LiveOutbox.open(in: folder) { it in
                let templates = Templates(
                    of: .account("5", Endless(isStuck: isStuck)), over: it.scratch.outbox,
                    on: it.scratch.loop, log: Log("provider"))
                await templates.start(for: it.sender)
                await templates.refreshed(within: .seconds(20))
                #expect(await templates.list == nil)
                let codes = await templates.warnings.map(\.code)
                #expect(codes == ["templates_stale"])
                await templates.stop()
            }
        }
    }

    // MARK: Checks

    @Test("a template that is approved after the list was made is found before it is refused")
    func approvedLater() async throws {
        let source = ScriptedTemplates()
        try await with(source) { templates, _ in
            source.set(ScriptedTemplates.template("t"))
            #expect(await Self.refusal("t", by: templates) == nil)
            #expect(source.calls == 2)
        }
    }

    @Test("a name that Meta does not have is refused, and not asked for again and again")
    func unknown() async throws {
        let source = ScriptedTemplates([[ScriptedTemplates.template("order_ready")]])
        try await with(source) { templates, _ in
            for _ in 0..<20 {
                let problem = await Self.refusal("order_redy", by: templates)
                #expect(problem?.code == .templateUnavailable && problem?.httpStatus == 400)
                #expect(problem?.field == "template_name")
                #expect(problem?.hint == "Did you mean order_ready?")
            }
            #expect(source.calls <= 2)
        }
    }

    @Test("many who wait for the same list wait for one call")
    func singleFlight() async throws {
        let source = ScriptedTemplates()
        try await with(source) { templates, _ in
            await withTaskGroup(of: Bool.self) { group in
                for n in 0..<20 {
                    group.addTask { await Self.refusal("n\(n)", by: templates) != nil }
                }
                for await isRefused in group { #expect(isRefused) }
            }
            #expect(source.calls <= 4)
        }
    }

    @Test("wrong values are refused by what is known; a missing template only by a new list")
    func metaAway() async throws {
        let source = ScriptedTemplates([[ScriptedTemplates.template("t")]])
        try await with(source) { templates, _ in
            source.fail()
            let problem = await Self.refusal("t", "[\"a\",\"b\"]", by: templates)
            #expect(problem?.code == .templateParameters && problem?.field == "parameters")
            #expect(await Self.refusal("other", by: templates) == nil)
            #expect(await Self.refusal("t", by: templates) == nil)
            let codes = await templates.warnings.map(\.code)
            #expect(codes == ["templates_stale"])
        }
    }

    @Test("nothing is refused without a list, by one of over a day ago, or without an account")
    func unknownAccount() async throws {
        let source = ScriptedTemplates()
        source.fail()
        try await with(source) { templates, it in
            #expect(await Self.refusal("t", by: templates) == nil)
            try await it.scratch.outbox.change { _, tables, now in
                let template = Template(ScriptedTemplates.template("t"))
                try tables.templates.keep(
                    template.map { [$0] } ?? [], without: [], of: "5",
                    asOf: now - 24 * 3_600_000 - 1)
            }
        }
        try await with(source) { templates, it in
            #expect(await templates.list?.count == 1)
            #expect(await Self.refusal("t", "[]", by: templates) == nil)
            #expect(await Self.refusal("t", "[]", by: it.templates) == nil)
            let codes = await it.templates.warnings.map(\.code)
            #expect(codes == ["templates_unknown"])
        }
    }

    @Test("what waits in the outbox is judged without asking Meta")
    func storedRequest() async throws {
        let source = ScriptedTemplates([
            [ScriptedTemplates.template("t"), ScriptedTemplates.template("p", status: "PAUSED")]
        ])
        try await with(source) { templates, _ in
            func code(_ name: String, _ components: JSONValue = []) async -> Problem.Code? {
                await templates.objection(to: [
                    "type": "template",
                    "template": [
                        "name": .string(name), "language": ["code": "en"],
                        "components": components,
                    ],
                ])?.code
            }
            let filled: JSONValue = [
                ["type": "body", "parameters": [["type": "text", "text": "a"]]]
            ]
            #expect(await code("t", filled) == nil)
            #expect(await code("t") == .templateParameters)
            #expect(await code("p", filled) == .templateUnavailable)
            #expect(await code("x") == .templateUnavailable)
            #expect(await templates.objection(to: ["type": "text", "text": ["body": "x"]]) == nil)
            #expect(source.calls == 1)
        }
    }

    // MARK: Webhooks

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

extension MessageSender.Rules {
    /// No template is tried during a test.
    fileprivate static var slowProbes: MessageSender.Rules {
        var rules = MessageSender.Rules.test
        rules.dispatch.templateProbeInterval = 15 * 60_000
        return rules
    }
}
