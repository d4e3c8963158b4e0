import FoundationEssentials
import JSON
import Testing
import Wire

@testable import GatewayControl

@Suite("Traffic of a torture")
struct TortureTrafficTests {
    private func traffic(_ seed: UInt64) -> TortureTraffic {
        TortureTraffic(seed: seed, appSecret: "secret", apiToken: "token")
    }

    private func errands(_ seed: UInt64, _ count: Int = 2_000) -> [[Errand]] {
        var traffic = traffic(seed)
        return (0..<count).map { _ in traffic.next() }
    }

    private func parts(_ errand: Errand) throws -> (head: String, body: JSONValue) {
        let text = String(decoding: errand.bytes, as: UTF8.self)
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        return (
            String(text[..<end.lowerBound]),
            try JSONDecoder().decode(JSONValue.self, from: Data(text[end.upperBound...].utf8))
        )
    }

    @Test("the same seed asks for the same")
    func seeds() {
        func items(_ seed: UInt64) -> [[[Item]]] { errands(seed).map { $0.map(\.items) } }
        #expect(items(1) == items(1))
        #expect(items(1) != items(2))
    }

    @Test(
        "there are single webhooks, batches, repeated ones, old messages among new ones, sends, some at once, and reads"
    )
    func mixture() {
        var seen: Set<Item> = []
        var (single, batched, repeated, mixed, sends, again, atOnce) = (0, 0, 0, 0, 0, 0, 0)
        var reads = 0
        for errands in errands(3) {
            guard let errand = errands.first else { continue }
            if errand.items.isEmpty {
                reads += 1
                continue
            }
            let known = errand.items.filter { seen.contains($0) }.count
            if case .send = errand.items.first {
                if errands.count > 1 {
                    atOnce += 1
                } else if known > 0 {
                    again += 1
                } else {
                    sends += 1
                }
                #expect(errands.allSatisfy { $0.bytes == errand.bytes })
            } else if known == errand.items.count {
                repeated += 1
            } else if known > 0 {
                mixed += 1
            } else if errand.items.count > 1 {
                batched += 1
            } else {
                single += 1
            }
            seen.formUnion(errand.items)
        }
        for count in [single, batched, repeated, mixed, sends, again, atOnce, reads] {
            #expect(count > 40)
        }
    }

    @Test("a webhook is one of Meta's, with each message that it promises")
    func webhook() throws {
        for errand in errands(4, 200).joined() where errand.path.hasSuffix("webhook") {
            let (head, body) = try parts(errand)
            #expect(head.contains("X-Hub-Signature-256: sha256="))
            var wamids: [String] = []
            for entry in body["entry"]?.elements ?? [] {
                for change in entry["changes"]?.elements ?? [] {
                    for message in change["value"]?["messages"]?.elements ?? [] {
                        let wamid = try #require(message["id"]?.text)
                        wamids.append(wamid)
                        #expect(
                            message["text"]?["body"]?.text == TortureTraffic.question(wamid))
                    }
                }
            }
            #expect(wamids.map { .message($0) } == errand.items)
        }
    }

    @Test("a send has its key as reference too, and the token")
    func send() throws {
        for errand in errands(5, 200).joined() where errand.path.hasSuffix("send") {
            let (head, body) = try parts(errand)
            let key = try #require(body["reference"]?.text)
            #expect(errand.items == [.send(key)])
            #expect(head.contains("\r\nIdempotency-Key: \(key)\r\n"))
            #expect(head.contains("\r\nAuthorization: Bearer token\r\n"))
            #expect(body["text"]?.text == TortureTraffic.reply(key))
        }
    }

    @Test("a status names the message, and gives our own mark back")
    func status() throws {
        let errand = traffic(6).status(
            "read", of: "key-1", wamid: "wamid.1", to: "436605551", callback: "msg_1.1")
        #expect(errand.items == [.status("key-1", "read")])
        let status = try parts(errand).body["entry"]?.elements?.first?["changes"]?.elements?
            .first?["value"]?["statuses"]?.elements?.first
        #expect(status?["id"]?.text == "wamid.1")
        #expect(status?["status"]?.text == "read")
        #expect(status?["biz_opaque_callback_data"]?.text == "msg_1.1")
    }

    @Test("of some messages nothing is told, of some late, of some in another order")
    func statuses() {
        func steps(_ seed: UInt64) -> [[StatusPlan.Step]] {
            var plan = StatusPlan(seed: seed)
            return (0..<500).map { _ in plan.next() }
        }
        let all = steps(7)
        #expect(all == steps(7))
        #expect(all.contains { $0.isEmpty })
        #expect(all.contains { $0.contains { $0.after > .seconds(5) } })
        #expect(all.contains { $0.count == 3 && $0[2].after < $0[0].after })
    }

    @Test("what is read back counts by wamid and by reference; another text is another message")
    func readBack() throws {
        func message(_ json: String) throws -> JSONValue {
            try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
        }
        var stored = StoredItems()
        let text = TortureTraffic.question("w1")
        for _ in 0..<2 {
            try stored.add(
                message(
                    #"{"direction":"inbound","wamid":"w1","text":"\#(text)","status":"received"}"#))
        }
        try stored.add(message(#"{"direction":"inbound","wamid":"w2","text":"\#(text)"}"#))
        try stored.add(
            message(
                #"{"direction":"outbound","id":"msg_1","reference":"key-1","status":"read","#
                    + #""status_at":{"sent":"2026-01-01T00:00:00Z","read":"2026-01-01T00:00:01Z"}}"#
            ))
        #expect(stored.messages == ["w1": 2])
        #expect(
            stored.sends == [
                "key-1": [.init(id: "msg_1", status: .read, reached: ["sent", "read"])]
            ])
    }
}
