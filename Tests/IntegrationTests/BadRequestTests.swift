import BadRequests
import TestSupport
import Testing

/// The table of bad requests, which `HTTP1Tests` sends to the parser, at a running ingress.
@Suite("bad requests", .serialized)
struct BadRequestTests {
    static let hello = Array("hello".utf8)
    /// Where the route decides otherwise than the table's: of two signatures neither counts, and
    /// no webhook has an idempotency key.
    static let routes: [String: BadRequest.Answer] = ["F19": .answered(401), "F20": .served]
    static let decided = BadRequest.all(
        path: TestGroup.webhookPath, health: "/api/health",
        fields: ["X-Hub-Signature-256: \(TestGroup.signature(of: hello))"]
    ).filter { if case .answers = $0.expected { true } else { false } }

    @Test("each case gets its answers and no other, whole and in pieces, and ingress lives on")
    func answers() async throws {
        try await withGroup { group in
            try await group.start(.signer, .ingress)
            let pid = group.ingress.pid
            for request in Self.decided {
                for pieces in Self.pieces(of: request.bytes) {
                    let answers = try await blocking {
                        try Self.visit(group, pieces)
                    }
                    Self.check(answers, request, pieces: pieces.count)
                }
            }
            #expect(try await group.webhook(Payload.text("x", wamid: "wamid.1")).status == 200)
            #expect(group.ingress.pid == pid)
            #expect(!group.ingress.log.contains("error:"))
            let stored = try await group.journaledWebhooks()
            #expect(Set(stored.dropLast()) == [Self.hello], "only what is signed is stored")
        }
    }

    /// The parser alone is cut everywhere in `HTTP1Tests`; here the same goes through sockets and the loop.
    @Test("each case gets the same answers wherever it is cut in two")
    func cutAnywhere() async throws {
        let cases = Self.decided.filter { $0.bytes.count < Self.short }
        try await withGroup { group in
            try await group.start(.signer, .ingress)
            let visits = try await onThreads(Self.callers) { first, _ in
                var visits = 0
                for index in stride(from: first, to: cases.count, by: Self.callers) {
                    let bytes = cases[index].bytes
                    for cut in bytes.indices.dropFirst() {
                        let pieces = [bytes[..<cut], bytes[cut...]]
                        Self.check(try Self.visit(group, pieces), cases[index], pieces: 2)
                        visits += 1
                    }
                }
                return visits
            }.reduce(0, +)
            print("\(cases.count) bad requests, cut in two at every byte: \(visits) connections")
            #expect(visits > 10_000)
            #expect(try await group.webhook(Payload.text("x", wamid: "wamid.1")).status == 200)
            let stored = try await group.journaledWebhooks()
            #expect(Set(stored.dropLast()) == [Self.hello], "only what is signed is stored")
        }
    }

    /// Longer ones differ in their length, and a cut in a long line is like the next one.
    private static let short = 300
    /// At once.
    private static let callers = 8

    /// Whole, cut in two, and short ones byte by byte.
    private static func pieces(of bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
        var all = [[bytes[...]]]
        let middle = bytes.count / 2
        all.append([bytes[..<middle], bytes[middle...]])
        if bytes.count < 300 { all.append(bytes.indices.map { bytes[$0...$0] }) }
        return all
    }

    /// Sends the pieces and answers all that comes back until the server closes.
    private static func visit(
        _ group: TestGroup, _ pieces: [ArraySlice<UInt8>]
    ) throws -> [HTTPAnswer] {
        let connection = try group.connection()
        do throws(HTTPFailure) {
            for piece in pieces { try connection.send(piece) }
        } catch {
            // It was refused before all of it was sent.
            guard error == .reset else { throw error }
        }
        connection.endSending()
        do throws(HTTPFailure) {
            return HTTPAnswer.all(in: try connection.receiveToEnd()).filter { $0.status != 100 }
        } catch {
            guard error == .reset else { throw error }
            return connection.answersSoFar()
        }
    }

    private static func check(_ answers: [HTTPAnswer], _ request: BadRequest, pieces: Int) {
        guard case .answers(let expected) = request.expected else { return }
        let note: Comment = "\(request) in \(pieces) pieces got \(answers.map(\.status))"
        #expect(answers.count == expected.count, note)
        for (answer, expected) in zip(answers, expected) {
            switch routes[request.number] ?? expected {
            case .served: #expect([200, 204].contains(answer.status), note)
            case .answered(let status): #expect(answer.status == status, note)
            case .refused(let status):
                #expect(answer.status == status, note)
                #expect(answer["Connection"] == "close", note)
            }
            #expect(answer["Date"] != nil, note)
            #expect(answer["Server"] == nil, note)
        }
    }
}
