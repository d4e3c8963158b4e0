internal import FoundationEssentials
internal import JSON
internal import Reactor

/// Meta's part in a torture: takes messages, keeps a ledger of them, and tells what became of them.
// Unchecked: only touched on the loop's thread.
final class TortureGraph: @unchecked Sendable {
    /// A message as Graph took it.
    struct Taken: Sendable {
        let key: String
        let wamid: String
        let to: String
        /// Ours, which a status gives back.
        let callback: String
    }

    /// A message of provider's.
    private struct Posted: Decodable {
        struct Text: Decodable { let body: String }
        let to: String
        let text: Text
        let callback: String

        enum CodingKeys: String, CodingKey {
            case to, text
            case callback = "biz_opaque_callback_data"
        }
    }

    /// What Meta takes to answer, in milliseconds: long enough to be killed in the middle of it.
    private static let thinking = 5...60

    private let loop: EventLoop
    private var server: GraphServer?
    private var plan: StatusPlan
    private var random: Seeded
    private var tell: ((Taken, String) -> Void)?
    /// How often each message came, by its key.
    private(set) var taken: [String: Int] = [:]
    private var count = 0
    /// Statuses that are still to be told.
    private var waiting: [Int: (Taken, String)] = [:]
    private var lastWaiting = 0

    var port: UInt16 { server?.port ?? 0 }

    init(seed: UInt64, on loop: EventLoop) throws {
        self.loop = loop
        plan = StatusPlan(seed: seed)
        random = Seeded(seed &+ 1)
        server = try GraphServer(on: loop) { [unowned self] in answer($0) }
    }

    /// Gives each status to `body` when its time has come.
    func onStatus(_ body: @escaping (Taken, String) -> Void) { tell = body }

    /// Tells all that is still to be told.
    func hurry() {
        for (number, (taken, word)) in waiting.sorted(by: { $0.key < $1.key }) {
            waiting[number] = nil
            tell?(taken, word)
        }
    }

    private func answer(_ body: [UInt8]) -> GraphServer.Reply {
        guard let posted = try? JSONDecoder().decode(Posted.self, from: Data(body)),
            let key = Self.key(in: posted.text.body)
        else {
            return GraphServer.Reply(#"{"error":{"message":"not a message","code":100}}"#)
        }
        count += 1
        let message = Taken(
            key: key, wamid: "wamid.torture.out.\(count)", to: posted.to,
            callback: posted.callback)
        taken[key, default: 0] += 1
        for step in plan.next() {
            lastWaiting += 1
            let number = lastWaiting
            waiting[number] = (message, step.word)
            loop.after(step.after) { [weak self] in
                guard let self, waiting.removeValue(forKey: number) != nil else { return }
                tell?(message, step.word)
            }
        }
        return GraphServer.Reply(
            """
            {"messaging_product":"whatsapp","contacts":[{"input":"\(posted.to)","wa_id":"\(posted.to)"}],\
            "messages":[{"id":"\(message.wamid)"}]}
            """, after: .milliseconds(Int.random(in: Self.thinking, using: &random)))
    }

    /// The key of a text that is `TortureTraffic.reply`.
    private static func key(in text: String) -> String? {
        let key = text.split(separator: " ").first { $0.hasPrefix("key-") }.map(String.init)
        return key.flatMap { TortureTraffic.reply($0) == text ? $0 : nil }
    }
}
