import FoundationEssentials
import Glibc
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

extension TestGroup {
    /// Takes the oldest entries out of ingress's journal, which must not run.
    func prune(upTo seq: Int64) async throws {
        let path = folder.file("ingress/journal.db")
        try await blocking {
            try Database(path: path).prepare("DELETE FROM journal WHERE seq <= ?")
                .run(.integer(seq))
        }
    }
}

/// Removes a file; one that is not there is gone already.
func removeFile(_ path: String) { unlink(path) }

/// Makes a file of these bytes.
func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(filePath: path))
}
