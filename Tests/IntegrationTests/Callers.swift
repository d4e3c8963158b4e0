import Synchronization
import TestSupport

/// Callers who post webhooks and send messages in turn, each a different one, until it is answered 200.
final class Callers: Sendable {
    private let group: TestGroup
    private let count: Int
    private let stopped = Flag()
    private let refusals = Counter()
    private let answered = Mutex<[String]>([])

    init(of group: TestGroup, count: Int) {
        self.group = group
        self.count = count
    }

    /// How often nobody listened.
    var refused: Int { refusals.count }
    var done: Int { answered.withLock { $0.count } }
    /// The texts of all that was answered, sorted.
    var texts: [String] { answered.withLock { $0.sorted() } }

    /// Lets each finish what it is at.
    func stop() { stopped.raise() }

    func run() async throws { try await onThreads(count, call) }

    private func call(_ caller: Int, isCancelled: () -> Bool) {
        var n = 0
        while !stopped.isUp {
            n += 1
            let text = "\(n.isMultiple(of: 2) ? "webhook" : "send").\(caller).\(n)"
            while !isTaken(text, asWebhook: n.isMultiple(of: 2)) {
                if isCancelled() { return }
            }
            answered.withLock { $0.append(text) }
            if isCancelled() { return }
        }
    }

    private func isTaken(_ text: String, asWebhook: Bool) -> Bool {
        do throws(HTTPFailure) {
            let connection = try group.connection()
            if asWebhook {
                let body = Payload.text(text, wamid: "wamid.\(text)")
                return try connection.ask(
                    "POST", TestGroup.webhookPath, TestGroup.webhookFields(body), body: body
                ).status == 200
            }
            let body = #"{"to":"+\#(Payload.contact)","text":"\#(text)"}"#
            return try connection.ask(
                "POST", "/api/whatsapp/send", ["Idempotency-Key: \(text)"], body: Array(body.utf8)
            ).status == 200
        } catch {
            if error == .refused { refusals.add() }
            return false
        }
    }
}
