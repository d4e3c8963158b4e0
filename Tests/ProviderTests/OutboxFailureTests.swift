import FoundationEssentials
import Journal
import SQLite
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("The outbox's disk")
struct OutboxFailureTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("when full, refuses sends for now, keeps what it has, and goes on when there is room")
    func full() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            let first = try await it.outbox.take(
                SendMessage.example("msg_a", key: "k").submission())
            try await it.store.onTables { try $0.database.execute("PRAGMA max_page_count = 1") }
            let large = SendMessage.example("msg_b", text: String(repeating: "x", count: 4_000))
            var refusal: Problem?
            for n in 0..<50 where refusal == nil {
                do {
                    let id = "msg_\(n)"
                    let body = try SendBody(large.body, as: .text)
                    _ = try await it.outbox.take(
                        Submission(
                            id: id, idempotency: nil, until: .max, body: body, from: "1", size: 1))
                } catch let problem as Problem { refusal = problem }
            }
            let problem = try #require(refusal)
            #expect(problem.code == .storeFull && problem.httpStatus == 503 && problem.retryable)
            #expect(problem.retryAfterSeconds != nil)
            guard case .full = await it.outbox.condition else {
                Issue.record("it is not full")
                return
            }
            #expect(try await it.outbox.find(.id("msg_a"))?.0 == first.kept)

            try await it.store.onTables {
                try $0.database.execute("PRAGMA max_page_count = 100000")
            }
            _ = try await it.outbox.take(large.submission())
            #expect(await it.outbox.condition == .ready)
            let figures = await it.outbox.figures()
            #expect(figures[.accepted] == Int64(try await it.transitions().count))
        }
    }

    @Test("when its path names another file, answers nothing more as kept, and ships what it has")
    func displaced() async throws {
        let folder = folder
        try await ScratchOutbox.open(in: folder) { it in
            _ = try await it.outbox.take(SendMessage.example("msg_a").submission())
            try FileManager.default.moveItem(
                atPath: folder.file("outbox.db"), toPath: folder.file("elsewhere.db"))
            let next = try SendMessage.example("msg_b").submission()
            await #expect(throws: Problem.self) { try await it.outbox.take(next) }
            #expect(await it.outbox.condition == .displaced)
            // Both stand in the open file, and the bell has rung for both.
            #expect(try await it.outbox.head().seq == 2)
            #expect(try await it.transitions().count == 2)
            await #expect(throws: Problem.self) { try await it.outbox.take(next) }
        }
    }

    @Test("when it is no database, is left as it is, and the process stays down")
    func damaged() async throws {
        let folder = folder
        let junk = Data(repeating: 0x41, count: 8_192)
        try junk.write(to: URL(filePath: folder.file("outbox.db")))
        await #expect(throws: DatabaseError.self) {
            try await ScratchOutbox.open(in: folder) { _ in }
        }
        #expect(try Data(contentsOf: URL(filePath: folder.file("outbox.db"))) == junk)
    }

    @Test("holds back no more than it may: beyond that a send is told to come again")
    func overloaded() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            let body = try SendBody(SendMessage.example("msg_a").body, as: .text)
            let large = Submission(
                id: "msg_a", idempotency: nil, until: .max, body: body, from: "1",
                size: Outbox.maximumWaitingBytes + 1)
            let problem = try await #require(throws: Problem.self) {
                try await it.outbox.take(large)
            }
            #expect(problem.httpStatus == 503 && problem.retryable)
        }
    }
}
