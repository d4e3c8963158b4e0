import Digest
import FoundationEssentials
import JSON
import TestSupport
import Testing

/// Tokens and proofs.
@Suite("the fake Graph's access")
struct AccessTests {
    @Test("a token that has expired is 190 until a new one is seen")
    func expires() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let old = Client(graph: graph, token: "old")
            #expect(try await old.send().status == 200)
            try await graph.expireTokens()
            for _ in 0..<2 {
                let answer = try await old.send()
                #expect(answer.status == 401)
                #expect(answer.errorCode == 190)
            }
            #expect(try await Client(graph: graph, token: "new").send().status == 200)
            #expect(try await old.send().status == 401)
            #expect(try await graph.counts().accepted == 2)
        }
    }

    @Test("tokens can be named, the bad ones or the good ones")
    func names() async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.expire(tokens: ["bad"])
            #expect(try await Client(graph: graph, token: "bad").send().status == 401)
            #expect(try await Client(graph: graph, token: "good").send().status == 200)
            try await graph.acceptOnly(tokens: ["best"])
            #expect(try await Client(graph: graph, token: "good").send().status == 401)
            #expect(try await Client(graph: graph, token: "best").send().status == 200)
        }
    }

    @Test("no token is an error, and the tokens seen are told only as digests")
    func tellsDigests() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let port = graph.port
            let answer = try await blocking {
                try HTTPConnection(port: port).ask("POST", Client.path, body: Client.text())
            }
            #expect(answer.status == 401)
            #expect(answer.errorCode == 104)
            _ = try await Client(graph: graph, token: "secret").send()
            // printf secret | sha256sum
            let digest = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
            #expect(try await graph.counts().tokens == [digest: 1])
            #expect(FakeGraph.digest(ofToken: "secret") == digest)
        }
    }

    /// The vectors of Meta's formula, computed apart from both implementations.
    @Test(
        "a proof is checked when it is wanted",
        arguments: [
            ("", 400),
            (
                "?appsecret_proof=0f6c4a85ab641eb253e664c14a00e5ce0d2fe0213dd6d37d01880777afa10b75",
                200
            ),
            (
                "?appsecret_proof=0f6c4a85ab641eb253e664c14a00e5ce0d2fe0213dd6d37d01880777afa10b76",
                400
            ),
            // The newer form lives five minutes; this one is of September 2026.
            (
                "?appsecret_time=1790000000&appsecret_proof="
                    + "6a8ab7b722c541949891c6cc0a3871de25f4b37ab2541a55dbb81487897d3142", 400
            ),
        ])
    func wantsProof(query: String, status: Int) async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.requireProof(appSecret: "demo-app-secret-0001")
            let answer = try await Client(graph: graph).send(query: query)
            #expect(answer.status == status)
            #expect(answer.errorCode == (status == 200 ? nil : 104))
            try await graph.requireProof(appSecret: nil)
            #expect(try await Client(graph: graph).send().status == 200)
        }
    }

    @Test("a proof with a time of now is good")
    func takesTimedProof() async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.requireProof(appSecret: "demo-app-secret-0001")
            let message = "\(Client.token)|\(Payload.now)"
            let proof = HMAC.sha256(
                key: Array("demo-app-secret-0001".utf8), message: Data(message.utf8))
            let query =
                "?appsecret_proof=\(Hex.encode(proof))&appsecret_time="
                + "\(message.split(separator: "|")[1])"
            #expect(try await Client(graph: graph).send(query: query).status == 200)
        }
    }
}
