import JSON
import TestSupport
import Testing

extension RunningTests {
    /// What was answered is seen by the next read, whoever asks and whatever else goes on.
    @Suite("reads see what was answered")
    struct ReadYourWritesTests {
        @Test("eight callers, each of whom reads at once what was just taken from them")
        func underLoad() async throws {
            try await withGroup { group in
                try await group.start()
                try await onThreads(8) { caller, _ in try Self.writeAndRead(group, caller) }
            }
        }

        private static func writeAndRead(_ group: TestGroup, _ caller: Int) throws {
            let connection = try group.connection()
            let contact = "91981234567\(caller)"
            var expected: Set<String> = []
            for n in 1...12 {
                let text = "\(caller).\(n)"
                if n.isMultiple(of: 2) {
                    let body = Payload.text(text, wamid: "wamid.\(text)", from: contact)
                    let taken = try connection.ask(
                        "POST", TestGroup.webhookPath, TestGroup.webhookFields(body), body: body)
                    #expect(taken.status == 200)
                } else {
                    let body = #"{"to":"+\#(contact)","text":"\#(text)"}"#
                    let sent = try connection.ask(
                        "POST", "/api/whatsapp/send", body: Array(body.utf8))
                    #expect(sent.status == 200)
                }
                expected.insert(text)
                let read = try connection.ask(
                    "GET", "/api/whatsapp/contact_messages?contact=+\(contact)")
                #expect(read.json["behind"] == nil)
                let texts = read.json["messages"]?.elements?.compactMap { $0["text"]?.text } ?? []
                #expect(Set(texts) == expected)
                #expect(texts.count == expected.count)
            }
        }
    }
}
