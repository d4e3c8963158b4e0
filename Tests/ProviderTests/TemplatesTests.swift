import CloudAPI
import Daemon
import FoundationEssentials
import JSON
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("The account's templates", .timeLimit(.minutes(1)))
struct TemplatesTests: TemplateSuite {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

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
}
