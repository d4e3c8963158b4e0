import FoundationEssentials
import SQLite
import TestSupport

extension TestGroup {
    /// The bodies of the webhooks that ingress's journal holds, oldest first.
    func journaledWebhooks() async throws -> [[UInt8]] {
        let path = folder.file("ingress/journal.db")
        return try await blocking {
            try Database(path: path, as: .reader)
                .prepare("SELECT body FROM journal WHERE kind = 'webhook' ORDER BY seq")
                .all { [UInt8]($0.blob(0)) }
        }
    }
}
