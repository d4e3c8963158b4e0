internal import Daemon
internal import SQLite
internal import Wire

extension Inbox {
    /// How far each journal was applied, and what of it was not.
    func audit() async throws -> AuditInbox.Answer {
        try await kept { try await self.store.audit() }
    }

    /// Copies the database beside itself while it is in use.
    func backUp() async throws -> StoreCopy {
        let size = try await kept { try await self.store.size() }
        return try await copier.make(ofBytes: size) { try await self.store.copy(to: $0) }
    }
}
