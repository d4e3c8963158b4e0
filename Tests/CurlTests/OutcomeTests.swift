import Curl
import FoundationEssentials
import Reactor
import TestSupport
import Testing

/// Whether a request has left, case by case; libcurl's codes are expected as they were measured.
@Suite("What is known of a request", .timeLimit(.minutes(1)))
struct OutcomeTests {
    private static let large = String(repeating: "x", count: 8 << 20)

    // MARK: Never left

    @Test("nobody listens: it never left")
    func refused() async throws {
        let result = try await Bench.run { bench in
            try await bench.post(to: try Listener.freePort())
        }
        #expect(result.hasLeft == .never && result.code == 7 && result.status == nil)
        #expect(result.failure?.isEmpty == false)
    }

    @Test("a name that nobody has: it never left")
    func unknownName() async throws {
        let result = try await Bench.run { bench in
            await bench.transfers.perform(
                Transfer(
                    .post(Data()), try TransferURL("https://nobody.invalid/"),
                    connectLimit: .seconds(10), answerLimit: .seconds(10)))
        }
        #expect(result.hasLeft == .never && [6, 28].contains(result.code))
    }

    @Test(
        "TLS that does not come about: it never left",
        arguments: [
            (ScriptedServer.Greeting.ignore, 28), (.close, 35), (.send("220 mail.example\r\n"), 35),
        ])
    func noTLS(greeting: ScriptedServer.Greeting, code: Int) async throws {
        let result = try await Bench.run(greeting: greeting) { bench, server in
            try await bench.post(
                scheme: "https", to: server.port,
                connectLimit: code == 28 ? Bench.shortLimit : Bench.longLimit)
        }
        #expect(result.hasLeft == .never && result.code == code && result.status == nil)
    }

    @Test("a file of certificates that is not there: it never left")
    func noAuthorities() async throws {
        let result = try await Bench.run(greeting: .ignore) { bench, server in
            try await bench.post(
                scheme: "https", to: server.port, authorities: "/nowhere/ca.pem")
        }
        #expect(result.hasLeft == .never && result.code == 77)
    }

    @Test(
        "a field that could smuggle another in: it never left", arguments: ["a\r\nB: c", "a\u{0}"])
    func smuggled(value: String) async throws {
        let (result, connections) = try await Bench.run { bench, server in
            let result = await bench.transfers.perform(
                Transfer(
                    .get, try TransferURL("http://127.0.0.1:\(server.port)/"),
                    fields: [Transfer.Field("A", value)], connectLimit: Bench.longLimit,
                    answerLimit: Bench.longLimit))
            return (result, await server.connections)
        }
        #expect(result.hasLeft == .never && result.code != 0 && connections == 0)
    }

    // MARK: Maybe left, without a status

    @Test(
        "no answer after it was read: unknown",
        arguments: [
            (ScriptedServer.Reaction.hang, 28), (.close, 52), (.reset, 56),
            (.sendSlowly(ScriptedServer.answer(200, "{}"), pause: .milliseconds(100)), 28),
            (.sendAndClose("HTTP/1.1 200 OK\r\nContent-Le"), 0),
        ])
    func noAnswer(reaction: ScriptedServer.Reaction, code: Int) async throws {
        let (result, received) = try await Bench.run(script: { _ in reaction }) { bench, server in
            let result = try await bench.post(
                to: server.port, answerLimit: code == 28 ? Bench.shortLimit : Bench.longLimit)
            return (result, await server.received.count)
        }
        #expect(result.hasLeft == .maybe && result.requests == 1 && result.status == nil)
        #expect(code == 0 || result.code == code)
        #expect(received == 1)
    }

    @Test(
        "closed in the middle of a large body: unknown",
        arguments: [ScriptedServer.Reaction.close, .reset])
    func closedWithinBody(reaction: ScriptedServer.Reaction) async throws {
        let result = try await Bench.run(asksEarly: true, script: { _ in reaction }) {
            bench, server in
            try await bench.post(Self.large, to: server.port)
        }
        #expect(result.hasLeft == .maybe && result.requests == 1 && result.status == nil)
        #expect([52, 55, 56].contains(result.code))
    }

    @Test("bytes that are no HTTP: unknown")
    func noHTTP() async throws {
        let result = try await Bench.run(script: { _ in .sendAndClose("SSH-2.0-x\r\n\r\n") }) {
            bench, server in try await bench.post(to: server.port)
        }
        #expect(result.hasLeft == .maybe && result.status == nil && result.code != 0)
    }

    // MARK: By status

    @Test("half an answer: its status is known")
    func halfAnswer() async throws {
        let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"messages\":"
        let result = try await Bench.run(script: { _ in .sendAndClose(half) }) { bench, server in
            try await bench.post(to: server.port)
        }
        #expect(result.hasLeft == .maybe && result.code == 18)
        #expect(result.status == 200 && result.text == "{\"messages\":")
    }

    @Test("an answer that stops until the limit: its status is known")
    func stalledAnswer() async throws {
        let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
        let result = try await Bench.run(script: { _ in .send(half) }) { bench, server in
            try await bench.post(to: server.port, answerLimit: Bench.shortLimit)
        }
        #expect(result.code == 28 && result.status == 200 && result.text == "{")
    }

    @Test("an answer before the body was read whole counts", arguments: [200, 400, 503])
    func earlyAnswer(status: Int) async throws {
        let answer = ScriptedServer.answer(status, "{}", fields: ["Connection: close"])
        let result = try await Bench.run(asksEarly: true, script: { _ in .send(answer) }) {
            bench, server in
            try await bench.post(Self.large, to: server.port, answerLimit: .seconds(5))
        }
        #expect(result.requests == 1 && result.status == status && result.text == "{}")
    }

    @Test("slow bytes within the limit are an answer")
    func slowAnswer() async throws {
        let result = try await Bench.run(script: { _ in
            .sendSlowly(ScriptedServer.answer(200, "{}"), pause: .milliseconds(1))
        }) { bench, server in try await bench.post(to: server.port) }
        #expect(result.code == 0 && result.status == 200 && result.text == "{}")
    }

    @Test(
        "a page of the edge and a redirect are answers; nothing is followed", arguments: [502, 302])
    func otherStatus(status: Int) async throws {
        let (result, received) = try await Bench.run(script: { _ in
            .send(ScriptedServer.answer(status, "<html>", fields: ["Location: /elsewhere"]))
        }) { bench, server in
            (try await bench.post(to: server.port), await server.received.count)
        }
        #expect(result.code == 0 && result.status == status && result.text == "<html>")
        #expect(received == 1)
    }

    @Test("an interim answer is no answer")
    func interim() async throws {
        let answer = "HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\n" + ScriptedServer.answer(200, "{}")
        let result = try await Bench.run(script: { _ in .send(answer) }) { bench, server in
            try await bench.post(to: server.port)
        }
        #expect(result.status == 200 && result.field("x") == nil)
        let cut = try await Bench.run(script: { _ in
            .sendAndClose("HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\n")
        }) { bench, server in try await bench.post(to: server.port) }
        #expect(cut.status == nil && cut.hasLeft == .maybe && cut.requests == 1)
    }

    @Test(
        "a body as long as is kept comes whole; a longer one leaves the status", arguments: [0, 1])
    func longBody(excess: Int) async throws {
        let length = Transfer.longestAnswer + excess
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
        let result = try await Bench.run(script: { _ in
            .sendAndClose(head + String(repeating: "x", count: length))
        }) { bench, server in try await bench.post(to: server.port) }
        #expect(result.status == 200)
        #expect(result.code == (excess == 0 ? 0 : 23))
        #expect(excess == 1 || result.body.count == length)
    }
}
