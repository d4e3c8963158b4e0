internal import Daemon
internal import IPC
internal import SQLite
internal import Wire

/// Stands in for provider where the outbox cannot be read: it is up only to say so.
///
/// To end instead would be to be started again, and again, with the same file.
actor DamagedProvider: Responder {
    typealias Operations = ProviderOperation

    private let place: Place
    private let damage: DatabaseError

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        place.loop.asUnownedSerialExecutor()
    }

    init(in place: Place, because damage: DatabaseError) {
        self.place = place
        self.damage = damage
    }

    func answer(_ operation: ProviderOperation, _ call: Call) async throws -> Reply {
        guard operation == .describe else { throw Problem.storeDamaged }
        return try await call.answering(DescribeProvider.self) { _ in
            place.report(reasons: [.damaged(damage)])
        }
    }
}

extension Condition {
    /// The outbox is not what was written.
    static func damaged(_ error: DatabaseError) -> Condition {
        Condition(
            "store_damaged", "\(error)",
            hint: "./run.sh stop, keep a copy of outbox.db, put a good one back. What it holds of "
                + "sends stands nowhere else: do not delete it.")
    }
}
