internal import Daemon
internal import FoundationEssentials
internal import HTTP1
internal import IPC
internal import Journal
internal import Reactor
internal import Wire

// What whoever cares for the data asks: is all there that was answered for, and a copy of it.

extension Gateway {
    /// A large store is copied in minutes; a process that hangs is found by health, not by this.
    private static let copying = Duration.seconds(3_600)

    /// What was answered, journaled and applied, day by day, with every gap by name.
    func audit(_ parameters: Parameters) async throws -> Response {
        let day = try parameters.optional("day")
        if let day, Timestamp(text: "\(day)T00:00:00Z") == nil {
            throw Problem.invalid(
                "day", "day is no date.", hint: "Use a day of UTC, as 2026-11-26; or leave it out.")
        }
        // Inbox first: what it has applied is then in the journals that are asked after it.
        let inbox = try await peers.inbox.ask(AuditInbox(), within: Limits.read)
        let outbox = try await peers.provider.ask(AuditOutbox(), within: Limits.read)
        await flushAnswered()
        let own: JournalLedger
        do { own = try await store.ledger(of: .ingress) } catch { throw Self.notRead(error) }
        return answers.json(.ok, AuditReport([own, outbox], inbox, day: day))
    }

    /// Copies the three stores while they are in use; answers where the copies lie.
    ///
    /// Inbox is copied first and the journals after it, so that they have what it lacks.
    func backUp() async throws -> Response {
        let inbox = try await peers.inbox.ask(BackUpInbox(), within: Self.copying)
        let outbox = try await peers.provider.ask(BackUpOutbox(), within: Self.copying)
        let size: Int64
        do { size = try await store.size() } catch { throw Self.notRead(error) }
        let journal = try await copier.make(ofBytes: size) { path in
            try await self.store.copy(to: path)
            return nil
        }
        return answers.json(
            .ok,
            Backup(
                release: Protocol.release, mode: place.mode,
                madeAt: Timestamp(milliseconds: Clocks.wall), stores: [inbox, outbox, journal]))
    }

    private static func notRead(_ error: any Error) -> Problem {
        guard case JournalError.notOpen = error else { return .internalError(in: .ingress) }
        return .unavailable(.ingress)
    }

    // MARK: Answers

    /// How often the answers since the last time are noted: what a kill may cost an audit.
    private static let noting = Duration.seconds(10)

    /// Notes in the journal what was answered, until its task is cancelled; the owner starts it once.
    func keepTally() async {
        let pause = Bell(on: place.loop)
        while !Task.isCancelled {
            _ = await pause.wait(atMost: Self.noting)
            await flushAnswered()
        }
    }

    /// Notes how many entries callers were answered 200 for since the last time.
    func flushAnswered() async {
        let count = takeAnswered()
        guard count > 0 else { return }
        // An audit that counts too few answers hides nothing: it looks for too many.
        do { try await store.noteAnswered(count) } catch {
            place.log.warning("audit.unnoted count=\(count) error=\(error)")
        }
    }
}

/// The answer to a backup: what the copies are, and how far inbox's goes.
private struct Backup: Encodable {
    let release: String
    let mode: Mode
    let madeAt: Timestamp
    let stores: [StoreCopy]

    enum CodingKeys: String, CodingKey {
        case release, mode, stores
        case madeAt = "made_at"
    }
}
