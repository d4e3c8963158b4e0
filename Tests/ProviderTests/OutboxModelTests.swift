import CloudAPI
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("The outbox against a model")
struct OutboxModelTests {
    /// What the promises amount to: keys bound to texts and ids, one message an id.
    private struct Model: Sendable {
        var keys: [String: (id: String, text: String)] = [:]
        var order: [String] = []

        /// The id and whether it is a replay; nil for a key that belongs to another text.
        mutating func take(_ id: String, _ text: String, _ key: String?) -> (String, Bool)? {
            if let key, let bound = keys[key] {
                return bound.text == text ? (bound.id, bound.id != id) : nil
            }
            if !order.contains(id) {
                order.append(id)
                if let key { keys[key] = (id, text) }
            }
            return (id, false)
        }
    }

    private struct Send: Sendable {
        let id: String
        let text: String
        let key: String?

        init(using random: inout Seeded) {
            // Ids that are asked again come with the same request, as ingress sends it again.
            let number = Int.random(in: 0..<40, using: &random)
            id = "msg_\(number)"
            text = number.isMultiple(of: 3) ? "one" : "two"
            key = number.isMultiple(of: 4) ? nil : "key\(number % 7)"
        }
    }

    @Test(
        "keeps one message an id and a key, in any order, batch and number of restarts",
        arguments: 1...12)
    func model(seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        var random = Seeded(seed)
        var model = Model()
        for _ in 0..<4 {
            let batches = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                (0..<Int.random(in: 1...20, using: &random)).map { _ in Send(using: &random) }
            }
            let start = model
            model = try await ScratchOutbox.open(in: folder) { it in
                var model = start
                for batch in batches {
                    let submissions = try batch.map {
                        try SendMessage.example($0.id, text: $0.text, key: $0.key).submission()
                    }
                    let commit = try await it.store.take(submissions, now: Clocks.wall)
                    for (send, outcome) in zip(batch, commit.outcomes) {
                        let taken = try? outcome.get()
                        let expected = model.take(send.id, send.text, send.key)
                        #expect(taken?.kept.id == expected?.0)
                        #expect(taken?.isReplay == expected?.1)
                    }
                    _ = try await it.store.tellStatuses(now: Clocks.wall + 400, limit: 7)
                }
                #expect(try await it.transitions().map(\.id) == model.order)
                #expect(
                    await it.outbox.figures()[.accepted, default: 0] == Int64(model.order.count))
                return model
            }
        }
    }
}
