import FoundationEssentials
import Glibc
import Journal
import Reactor
import SQLite
import Synchronization
import TestSupport
import Testing
import Wire

@Suite("Group commit")
struct GroupCommitTests {
    let folder: TemporaryFolder
    var path: String { folder.file("journal.db") }

    init() throws { folder = try TemporaryFolder() }

    /// Runs `body` with an open journal, and closes it.
    private func withJournal<Result: Sendable>(
        _ body: @escaping @Sendable (Journal, JournalStore) async throws -> Result
    ) async throws -> Result {
        let path = path
        return try await onLoop { loop in
            let executor = try ThreadExecutor()
            let store = JournalStore(path: path, on: executor)
            let journal = Journal(on: loop, over: store)
            try await journal.open()
            let result = try await body(journal, store)
            await journal.close()
            executor.stop()
            return result
        }
    }

    /// Appends `bodies` at once; each answer in the order of the bodies.
    static func appendAll(
        _ bodies: [Data], to journal: Journal
    ) async -> [Result<JournalPosition, any Error>] {
        await withTaskGroup(of: (Int, Result<JournalPosition, any Error>).self) { group in
            for (index, body) in bodies.enumerated() {
                group.addTask {
                    do { return (index, .success(try await journal.append(.webhook, body))) } catch
                    {
                        return (index, .failure(error))
                    }
                }
            }
            var answers: [Int: Result<JournalPosition, any Error>] = [:]
            for await (index, answer) in group { answers[index] = answer }
            return bodies.indices.compactMap { answers[$0] }
        }
    }

    @Test(
        "many appenders share few commits, and each has a place of its own", arguments: [1, 2, 500])
    func manyAppenders(count: Int) async throws {
        let bodies = (0..<count).map { Data("body \($0)".utf8) }
        let (positions, commits, kept, head) = try await withJournal { journal, store in
            let answers = await Self.appendAll(bodies, to: journal)
            return (
                try answers.map { try $0.get() }, await journal.commits,
                try await store.batch(after: 0, maximumBytes: 1 << 30).entries, await journal.head
            )
        }
        #expect(positions.map(\.seq).sorted() == (1...count).map { Int64($0) })
        #expect(Set(positions.map(\.mark)).count == count)
        #expect(commits >= (count + Journal.maximumRows - 1) / Journal.maximumRows)
        if count > 2 { #expect(commits < count / 4) }
        for (position, body) in zip(positions, bodies) {
            #expect(kept[Int(position.seq) - 1].body == body)
            #expect(kept[Int(position.seq) - 1].position == position)
        }
        #expect(head?.seq == Int64(count))
    }

    @Test("large bodies don't share a commit beyond its limit of bytes")
    func largeBodies() async throws {
        let bodies = (0..<8).map { Data(repeating: UInt8($0), count: Journal.maximumBytes / 2 + 1) }
        let commits = try await withJournal { journal, _ in
            for answer in await Self.appendAll(bodies, to: journal) { _ = try answer.get() }
            return await journal.commits
        }
        #expect(commits == 8)
    }

    @Test("all that was answered is there after reopening, under the same name")
    func reopened() async throws {
        let bodies = (0..<50).map { Data("body \($0)".utf8) }
        let before = try await withJournal { journal, _ in
            _ = await Self.appendAll(bodies, to: journal)
            return await journal.head
        }
        let (after, next) = try await withJournal { journal, _ in
            (await journal.head, try await journal.append(.webhook, Data()))
        }
        #expect(after == before)
        #expect(next.seq == 51)
    }

    @Test("a row that alone can't be kept does not sink its neighbours")
    func poisonedRow() async throws {
        try await withJournal { _, _ in }
        do {
            try Database(path: path).execute(
                """
                CREATE TRIGGER refuse BEFORE INSERT ON journal WHEN new.body = x'626164'
                BEGIN SELECT raise(ABORT, 'refused'); END
                """)
        }
        let bodies = ["one", "bad", "two", "bad", "three"].map { Data($0.utf8) }
        let (answers, kept) = try await withJournal { journal, store in
            let answers = await Self.appendAll(bodies, to: journal)
            return (
                answers.map { try? $0.get().seq },
                try await store.batch(after: 0, maximumBytes: 1 << 20).entries
            )
        }
        #expect(answers.map { $0 == nil } == [false, true, false, true, false])
        #expect(answers.compactMap { $0 }.sorted() == [1, 2, 3])
        #expect(Set(kept.map(\.body)) == Set(bodies.filter { $0 != Data("bad".utf8) }))
    }

    @Test("a journal that is not open refuses, before and after")
    func notOpen() async throws {
        let path = path
        try await onLoop { loop in
            let executor = try ThreadExecutor()
            let journal = Journal(on: loop, over: JournalStore(path: path, on: executor))
            await #expect(throws: JournalError.notOpen) {
                try await journal.append(.webhook, Data())
            }
            try await journal.open()
            await journal.close()
            await #expect(throws: JournalError.notOpen) {
                try await journal.append(.webhook, Data())
            }
            executor.stop()
        }
    }

    @Test("a file that was moved away is not written for an answer, and can still be read")
    func displaced() async throws {
        let (path, away) = (path, folder.file("away.db"))
        try await withJournal { journal, store in
            _ = try await journal.append(.webhook, Data("kept".utf8))
            #expect(rename(path, away) == 0)
            await #expect(throws: JournalError.displaced(path: path)) {
                try await journal.append(.webhook, Data("unanswered".utf8))
            }
            #expect(await journal.condition == .displaced)
            // What was committed is told to the shipper, answered for or not.
            #expect(await journal.head?.seq == 2)
            #expect(try await store.batch(after: 0, maximumBytes: 1 << 20).entries.count == 2)
            await #expect(throws: JournalError.displaced(path: path)) {
                try await journal.append(.webhook, Data())
            }
        }
    }

    @Test("a damaged file is left as it is: nothing is taken, and the owner is told and stays")
    func damaged() async throws {
        let path = path
        let junk = Data(repeating: 0x41, count: 8_192)
        try junk.write(to: URL(filePath: path))
        let seen = Conditions()
        try await onLoop { loop in
            let executor = try ThreadExecutor()
            defer { executor.stop() }
            let journal = Journal(on: loop, over: JournalStore(path: path, on: executor)) {
                seen.add($0)
            }
            try await journal.open()
            let error = try await #require(throws: JournalError.self) {
                try await journal.append(.webhook, Data())
            }
            #expect(await journal.noteDamage(error))
            #expect(await !journal.noteDamage(JournalError.notOpen))
        }
        #expect(seen.all.count == 1)
        guard case .damaged? = seen.all.first else {
            Issue.record("\(seen.all)")
            return
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == junk)
    }

    @Test("a full disk refuses with every waiter answered, and the owner is told once")
    func full() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let folder = try TemporaryFolder()
            let path = folder.file("journal.db")
            let seen = Conditions()
            let refused = try await onLoop { loop in
                let executor = try ThreadExecutor()
                let journal = Journal(on: loop, over: JournalStore(path: path, on: executor)) {
                    seen.add($0)
                }
                try await journal.open()
                var limit = rlimit(rlim_cur: 256 << 10, rlim_max: 256 << 10)
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                let bodies = Array(repeating: Data(count: 300 << 10), count: 6)
                let answers = await GroupCommitTests.appendAll(bodies, to: journal)
                await journal.close()
                executor.stop()
                return answers.filter { answer in
                    guard case .failure(JournalError.store(let error)) = answer else {
                        return false
                    }
                    return error.remedy == .refuseWrites
                }.count
            }
            #expect(refused == 6)
            let fullTimes = seen.all.filter { if case .full = $0 { true } else { false } }.count
            #expect(seen.all.first == .ready)
            #expect(fullTimes == 1)
        }
    }
}

private final class Conditions: Sendable {
    private let list = Mutex<[StoreCondition]>([])
    var all: [StoreCondition] { list.withLock { $0 } }
    func add(_ condition: StoreCondition) { list.withLock { $0.append(condition) } }
}
