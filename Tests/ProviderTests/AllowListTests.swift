import CloudAPI
import Daemon
import FoundationEssentials
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("Whom messages may go to")
struct AllowListTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("numbers in any international spelling and user ids are people of the list")
    func people() throws {
        let list = try AllowList(" +91 98000-00001, 00436605550122,AT.1abc234567890 ")
        for person in ["phone:919800000001", "phone:436605550122", "user:AT.1abc234567890"] {
            #expect(list.allows(person))
        }
        #expect(!list.allows("phone:919800000002") && list.condition?.code == "send_only_to")
        let none = try AllowList(nil)
        #expect(none.allows("phone:919800000002") && none.condition == nil)
    }

    private static func rules(_ list: String) throws -> MessageSender.Rules {
        var rules = MessageSender.Rules.test
        rules.allowList = try AllowList(list)
        return rules
    }

    @Test("a send to anybody else is refused 403 at the door, read marks are not")
    func refused() async throws {
        try await LiveOutbox.open(in: folder, rules: try Self.rules("+919800000001")) { it in
            func check(_ body: String, _ form: SendMessage.Form) throws {
                try it.sender.check(try SendRequest(Data(body.utf8), as: form))
            }
            try check(#"{"to":"+91 98000 00001","text":"x"}"#, .text)
            try check(#"{"status":"read","message_id":"wamid.x"}"#, .messages)
            let problem = try #require(throws: Problem.self) {
                try check(#"{"to":"+919800000002","text":"x"}"#, .text)
            }
            #expect(problem.httpStatus == 403 && problem.code == .notOnAllowList)
            #expect(problem.hint.contains("GATEWAY_SEND_ONLY_TO"))
        }
    }

    @Test("what was queued before is held for a person, and goes when the list has it")
    func held() async throws {
        try await ScratchOutbox.open(in: folder, mode: .live) { it in
            _ = try await it.outbox.take(SendMessage.example("msg_b").submission())
        }
        try await LiveOutbox.open(in: folder, rules: try Self.rules("+919800000002")) { it in
            #expect(try await it.reaches(.held, "msg_b"))
            let message = try await it.scratch.outbox.find(.id("msg_b"))?.0.message
            #expect(message?.problem?.code == .notOnAllowList && message?.isDeadLetter == true)
            #expect(await it.graph.requests.isEmpty)
        }
        try await LiveOutbox.open(in: folder, rules: try Self.rules("+919800000001")) { it in
            let isSent = try await it.reaches(.accepted, "msg_b")
            #expect(isSent)
        }
    }
}
