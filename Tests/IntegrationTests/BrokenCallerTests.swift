import TestSupport
import Testing

/// Callers who go away in the middle of things.
@Suite("broken callers", .serialized)
struct BrokenCallerTests {
    @Test("a body cut off by a reset or an end, at any place, is not stored and hurts nobody")
    func cutOff() async throws {
        try await withGroup { group in
            try await group.start(.signer, .ingress)
            let body = Payload.text("hello", wamid: "wamid.1")
            let request = HTTPConnection.request(
                "POST", TestGroup.webhookPath, TestGroup.webhookFields(body), body: body)
            for cut in stride(from: 1, to: request.count - 1, by: 37) {
                for isReset in [false, true] {
                    try await blocking {
                        let connection = try group.connection()
                        try connection.send(request.prefix(cut))
                        if isReset { connection.resetAtEnd() }
                    }
                }
            }
            #expect(try await group.webhook(body).status == 200)
            #expect(try await group.journaledWebhooks() == [body])
            #expect(!group.ingress.log.contains("error:"))
        }
    }

    @Test("a caller who ends its side after a good request is answered; so are two in one go")
    func halfClosed() async throws {
        try await withGroup { group in
            try await group.start(.signer, .ingress)
            let answers = try await blocking {
                let connection = try group.connection()
                for n in 1...2 {
                    let body = Payload.text("\(n)", wamid: "wamid.\(n)")
                    try connection.send(
                        HTTPConnection.request(
                            "POST", TestGroup.webhookPath, TestGroup.webhookFields(body),
                            body: body))
                }
                connection.endSending()
                return HTTPAnswer.all(in: try connection.receiveToEnd())
            }
            #expect(answers.map(\.status) == [200, 200])
            #expect(try await group.journaledWebhooks().count == 2)
        }
    }
}
