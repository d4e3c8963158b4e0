import BadRequests
import Foundation
import Synchronization
import TestSupport
import Testing

/// What many callers cost, and what is left when they are gone.
@Suite("what callers cost", .serialized)
struct CallerMemoryTests {
    /// As many as nginx is measured with; fewer where a process may not have that many descriptors.
    static let crowd = 10_000
    /// What else this process and ingress have open.
    static let besides = 1_000

    @Test("500 connections that say nothing are held, and others are served beside them")
    func silentCrowd() async throws {
        try await withGroup { group in
            try await group.start(.signer, .ingress)
            let crowd = try await blocking { try (0..<500).map { _ in try group.connection() } }
            for n in 0..<20 {
                let answer = try await group.webhook(Payload.text("\(n)", wamid: "wamid.\(n)"))
                #expect(answer.status == 200)
            }
            #expect(crowd.count == 500)
            #expect(try await group.ingress.stop() == .exited(0), "and do not keep it from ending")
        }
    }

    @Test("10,000 idle connections cost little, hurt nobody, and the next 10,000 cost no more")
    func idleCrowd() async throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let count = min(Self.crowd, max(0, Int(limit.rlim_cur) - Self.besides))
        if count < Self.crowd {
            print(
                "not 10,000 but \(count) idle connections: a process may open \(limit.rlim_cur) files"
            )
        }
        try await withGroup { group in
            try await group.start(.signer, .ingress)
            let before = try #require(group.ingress.status()["VmRSS"])
            var resident: [Int] = []
            for round in 1...2 {
                // Each was served once, and may stay idle for 60 s.
                let idle = try await blocking {
                    try (0..<count).map { _ in
                        let connection = try group.connection()
                        let status = try connection.ask("OPTIONS", "*").status
                        guard status == 204 else { throw HTTPFailure.malformed("\(status)") }
                        return connection
                    }
                }
                resident.append(try #require(group.ingress.status()["VmRSS"]))
                for n in 0..<20 {
                    let wamid = "wamid.\(round).\(n)"
                    let answer = try await group.webhook(Payload.text("hello", wamid: wamid))
                    #expect(answer.status == 200)
                }
                #expect(idle.allSatisfy { !$0.isReset })
            }
            let each = (resident[0] - before) * 1_024 / count
            print(
                """
                \(count) idle connections: ingress had \(before) KiB before, \(resident[0]) KiB with \
                them (\(each) bytes each), \(resident[1]) KiB with as many after those were gone
                """)
            // Its buffers, its deadline and its place, in a debug build too: 16 KiB would be a leak.
            #expect(each < 16_384)
            #expect(
                Sanitizer.keepsFreedMemory || resident[1] - resident[0] < resident[0] / 10)
            #expect(try await group.journaledWebhooks().count == 40)
        }
    }

    @Test("memory stays flat however many requests, good, bad and large, were served")
    func flat() async throws {
        let large = [UInt8](repeating: UInt8(ascii: "x"), count: 2 << 20)
        let bad = BadRequest.all(path: TestGroup.webhookPath, health: "/api/health")
        try await withGroup { group in
            try await group.start(.signer, .ingress)
            var resident: [Int] = []
            for round in 0..<6 {
                try await blocking {
                    let kept = try group.connection()
                    for n in 0..<200 {
                        let body = Payload.text("hello", wamid: "wamid.\(round).\(n)")
                        let answer = try kept.ask(
                            "POST", TestGroup.webhookPath, TestGroup.webhookFields(body), body: body
                        )
                        guard answer.status == 200 else {
                            throw HTTPFailure.malformed("\(answer.status)")
                        }
                    }
                    for _ in 0..<16 {
                        // With a signature, which is forged, it is read to its end.
                        let answer = try group.connection().ask(
                            "POST", TestGroup.webhookPath, TestGroup.webhookFields([]), body: large)
                        guard answer.status == 401 else {
                            throw HTTPFailure.malformed("\(answer.status)")
                        }
                    }
                    for request in bad {
                        let connection = try group.connection()
                        try? connection.send(request.bytes[...])
                        connection.endSending()
                        _ = try? connection.receiveToEnd()
                    }
                }
                resident.append(try #require(group.ingress.status()["VmRSS"]))
            }
            print("ingress after 1 to 6 rounds of requests: \(resident) KiB")
            // A few large bodies may just be there or be gone. If only one in four stayed, three rounds
            // would leave 24 MiB.
            let (early, late) = (resident[..<3].max() ?? 0, resident[3...].max() ?? 0)
            #expect(Sanitizer.keepsFreedMemory || late - early < 12 << 10)
        }
    }
}
