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

/// What tests of the account's templates have in common.
protocol TemplateSuite {
    var folder: TemporaryFolder { get }
}

extension TemplateSuite {
    /// Runs `body` with the templates of an account, once the first list has come or failed.
    func with(
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

    static func body(
        _ name: String, _ values: String = "[\"a\"]"
    ) throws(Problem) -> SendBody {
        try SendBody(
            Data(
                #"{"to":"+919800000001","template_name":"\#(name)","language_code":"en","parameters":\#(values)}"#
                    .utf8), as: .template)
    }

    /// What a send is refused with.
    static func refusal(
        _ name: String, _ values: String = "[\"a\"]", by templates: Templates,
        answerBy: Int64 = .max
    ) async -> Problem? {
        do throws(Problem) {
            try await templates.check(try body(name, values), answerBy: answerBy)
            return nil
        } catch { return error }
    }

    static func event(
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
}

extension MessageSender.Rules {
    /// No template is tried during a test.
    static var slowProbes: MessageSender.Rules {
        var rules = MessageSender.Rules.test
        rules.dispatch.templateProbeInterval = 15 * 60_000
        return rules
    }
}
