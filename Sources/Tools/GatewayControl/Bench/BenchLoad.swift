internal import Digest
internal import FoundationEssentials
internal import Reactor

/// Callers who ask one thing again and again, each time anew, and how long the answers took.
// Unchecked: only touched on the loop's thread.
final class BenchLoad: @unchecked Sendable {
    /// What is asked.
    enum Kind: String, CaseIterable { case sends, webhooks }

    private let kind: Kind
    private let group: BenchGroup
    private let loop: EventLoop
    private var callers: [BenchCaller] = []
    private var isOver = false
    private var took: [Duration] = []
    private var asked = 0
    private var under = 0
    /// Answers that were not 200, by status; 0 for connections that ended.
    private(set) var failures: [Int: Int] = [:]
    private(set) var answered = 0

    init(_ kind: Kind, of group: BenchGroup, on loop: EventLoop) {
        self.kind = kind
        self.group = group
        self.loop = loop
    }

    /// Asks over that many connections, for a while that does not count and then for each run.
    func run(connections: Int, runs: Int, of length: Duration) async -> BenchFigures? {
        callers = (0..<connections).map { index in
            BenchCaller(
                of: group.port, on: loop, next: { [unowned self] in next(for: index) },
                answered: { [unowned self] in note($0, $1) })
        }
        for caller in callers { caller.start() }
        let pause = Bell(on: loop)
        _ = await pause.wait(atMost: .seconds(1))
        var figures: [BenchFigures] = []
        for _ in 0..<runs {
            took = []
            let start = ContinuousClock.now
            _ = await pause.wait(atMost: length)
            if let run = BenchFigures(took: took, within: .now - start) { figures.append(run) }
        }
        isOver = true
        while under > 0 { _ = await pause.wait(atMost: .milliseconds(10)) }
        return BenchFigures(of: figures)
    }

    private func next(for caller: Int) -> [UInt8]? {
        guard !isOver else { return nil }
        asked += 1
        under += 1
        // A person of one's own each: to the same one, messages go one after the other.
        let person = 43_660_555_00000 + caller
        switch kind {
        case .sends:
            let body = #"{"to":"+\#(person)","text":"Your order \#(asked) is on its way."}"#
            return request(
                "/api/whatsapp/send", ["Authorization: Bearer \(group.apiToken)"], body)
        case .webhooks:
            let body = Self.webhook(from: person, number: asked)
            let code = HMAC.sha256(key: Array(group.appSecret.utf8), message: Data(body.utf8))
            return request(
                "/api/whatsapp/webhook", ["X-Hub-Signature-256: sha256=\(Hex.encode(code))"], body)
        }
    }

    private func note(_ status: Int, _ time: Duration) {
        under -= 1
        answered += 1
        took.append(time)
        if status != 200 { failures[status, default: 0] += 1 }
    }

    private func request(_ path: String, _ fields: [String], _ body: String) -> [UInt8] {
        let lines =
            ["POST \(path) HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
            + fields + ["Content-Length: \(body.utf8.count)", "", body]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    /// One text message, as Meta posts it.
    private static func webhook(from person: Int, number: Int) -> String {
        """
        {"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"field":\
        "messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":\
        "15550783881","phone_number_id":"\(BenchGroup.phoneNumberID)"},"contacts":[{"profile":\
        {"name":"A customer"},"wa_id":"\(person)"}],"messages":[{"from":"\(person)","id":\
        "wamid.bench.in.\(number)","timestamp":"1767225600","type":"text","text":{"body":\
        "Where is my order \(number)?"}}]}}]}]}
        """
    }
}
