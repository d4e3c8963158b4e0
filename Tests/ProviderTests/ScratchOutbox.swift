import FoundationEssentials
import Reactor
import SQLite
import TestSupport
import Wire

@testable import Journal
@testable import Provider

/// An outbox of real actors over a file in a folder that goes with the test.
struct ScratchOutbox: Sendable {
    let loop: EventLoop
    let store: OutboxStore
    let outbox: Outbox

    /// Opens the outbox of `folder`, runs `body` and closes it.
    static func open<Result: Sendable>(
        in folder: TemporaryFolder, mode: Mode = .stub, retention: Retention = Retention(),
        at readClocks: @escaping @Sendable () -> SteadyClock.Reading = { .now },
        _ body: @escaping @Sendable (ScratchOutbox) async throws -> Result
    ) async throws -> Result {
        let path = folder.file("outbox.db")
        return try await onLoop { loop in
            let executor = try ThreadExecutor()
            let store = OutboxStore(
                path: path, mode: mode, retention: retention, on: executor, at: readClocks)
            let outbox = Outbox(on: loop, over: store)
            try await outbox.open()
            let result = try await body(ScratchOutbox(loop: loop, store: store, outbox: outbox))
            await outbox.close()
            executor.stop()
            return result
        }
    }

    /// Everything that the journal has.
    func journal() async throws -> [JournalEntry] {
        try await store.batch(after: 0, maximumBytes: .max).entries
    }

    /// The transitions that the journal tells.
    func transitions() async throws -> [OutboxTransition] {
        try await journal().filter { $0.kind == .outbox }.map {
            try JSONDecoder().decode(OutboxTransition.self, from: $0.body)
        }
    }

    /// Waits until the journal has `seq` entries.
    func entries(_ seq: Int64) async -> Bool {
        while let head = outbox.entries.head, head.seq < seq {
            guard await outbox.entries.wait(beyond: head.seq, atMost: .seconds(20)) else {
                return false
            }
        }
        return true
    }
}

extension SendMessage {
    /// A request as ingress asks it.
    static func example(
        _ id: String, text: String = "hi", key: String? = nil, reference: String? = nil
    ) -> SendMessage {
        let tail = reference.map { ",\"reference\":\"\($0)\"" } ?? ""
        return SendMessage(
            id: id, form: .text, path: "/api/whatsapp/send",
            body: Data("{\"to\":\"+919800000001\",\"text\":\"\(text)\"\(tail)}".utf8),
            idempotencyKey: key, answerBy: .max)
    }

    func submission(until: Int64 = .max) throws -> Submission {
        Submission(
            id: id, idempotency: Idempotency(self), until: until,
            body: try SendBody(body, as: form), from: StubAccount.phoneNumberID, size: body.count)
    }
}
