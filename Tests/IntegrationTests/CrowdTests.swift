import Glibc
import JSON
import Synchronization
import TestSupport
import Testing

extension LoadingTests {
    /// Very many callers at once, in earnest or not.
    @Suite("crowds")
    struct CrowdTests {
        @Test("15,000 connections that come and go as fast as they can: none is refused")
        func connectionStorm() async throws {
            try await withGroup { group in
                try await group.start(.signer, .ingress)
                let begin = ContinuousClock.now
                let storm = Storm(port: group.listener.port, callers: 8, each: 1_875)
                async let raging: Void = storm.rage()
                var served = 0
                while storm.done < 15_000 {
                    let body = Payload.text("hello", wamid: "wamid.\(served)")
                    #expect(try await group.webhook(body).status == 200)
                    served += 1
                }
                try await raging
                let seconds = (ContinuousClock.now - begin) / .seconds(1)
                print(
                    "connections: \(Int(15_000 / seconds)) per second, \(served) webhooks beside them"
                )
                #expect(storm.failures == 0)
                #expect(served > 0)
                #expect(try await group.journaledWebhooks().count == served)
                #expect(try await group.ingress.stop() == .exited(0))
            }
        }

        @Test("bodies that together are beyond the memory for them: 503 for the surplus alone")
        func bodyBudget() async throws {
            try await withGroup { group in
                try await group.start(.signer, .ingress)
                let body = [UInt8](repeating: UInt8(ascii: "x"), count: 4 << 20)
                let request = HTTPConnection.request(
                    "POST", TestGroup.webhookPath, TestGroup.webhookFields(body), body: body)
                // 64 of them fill it. They are not whole, so that they stay.
                let crowd = try await blocking {
                    try (0..<80).map { _ in
                        let connection = try group.connection()
                        do throws(HTTPFailure) { try connection.send(request.dropLast()) } catch {}
                        return connection
                    }
                }
                try await eventually("the surplus is answered") {
                    crowd.count { $0.hasAnswer(within: .milliseconds(1)) } > 0
                }
                for n in 0..<20 {
                    let usual = Payload.text("\(n)", wamid: "wamid.\(n)")
                    #expect(try await group.webhook(usual).status == 200)
                }
                let resident = try group.ingress.status()["VmRSS"] ?? 0
                print(
                    "resident with \(crowd.count) bodies of 4 MiB under way: \(resident / 1_024) MiB"
                )
                // The storage of a body that grows may be twice what has come of it.
                #expect(resident < 700 << 10)
                #expect(group.ingress.log.count(of: "body.budget") == 1)
                let refused = crowd.filter { $0.hasAnswer(within: .milliseconds(1)) }
                #expect((10...20).contains(refused.count), "\(refused.count)")
                try await blocking {
                    for connection in refused {
                        let answer = try connection.receive()
                        #expect(answer.status == 503)
                        #expect(answer["Retry-After"] == "1")
                        #expect(answer["Connection"] == "close")
                    }
                    for connection in crowd { connection.resetAtEnd() }
                }
                withExtendedLifetime(crowd) {}
            }
        }

        @Test("when they are gone, large bodies are taken again")
        func budgetIsGivenBack() async throws {
            try await withGroup { group in
                try await group.start(.signer, .ingress)
                // More in all than there is room for at once.
                let text = String(repeating: "x", count: 3 << 20)
                try await blocking {
                    let connection = try group.connection()
                    for n in 0..<100 {
                        let body = Payload.text(text, wamid: "wamid.\(n)")
                        let isWhole = n % 10 == 0
                        let request = HTTPConnection.request(
                            "POST", TestGroup.webhookPath, TestGroup.webhookFields(body), body: body
                        )
                        if isWhole {
                            try connection.send(request)
                            #expect(try connection.receive().status == 200)
                        } else {
                            let other = try group.connection()
                            try other.send(request.dropLast())
                            other.resetAtEnd()
                        }
                    }
                }
                #expect(!group.ingress.log.contains("body.budget"))
            }
        }
    }
}

/// Callers who connect, say half a word and go, again and again.
private final class Storm: Sendable {
    private let port: UInt16
    private let callers: Int
    private let each: Int
    private let finished = Counter()
    private let failed = Counter()

    init(port: UInt16, callers: Int, each: Int) {
        self.port = port
        self.callers = callers
        self.each = each
    }

    var done: Int { finished.count }
    var failures: Int { failed.count }

    func rage() async throws {
        try await onThreads(callers) { _, isCancelled in
            for number in 0..<self.each where !isCancelled() {
                do throws(HTTPFailure) {
                    let connection = try HTTPConnection(port: self.port)
                    if number % 2 == 0 { try connection.send("GET /".utf8) }
                    connection.resetAtEnd()
                } catch { self.failed.add() }
                self.finished.add()
            }
        }
    }
}
