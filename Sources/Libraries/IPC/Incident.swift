package import Reactor
package import Wire

/// What a server tells about its peers, for the log.
package enum Incident: Sendable, CustomStringConvertible {
    /// A connection of another user was closed.
    case denied(uid: UInt32)
    /// A peer sent what is no frame, no request or no parameters.
    case badFrame(peer: String, WireError)
    /// A peer asks and does not read its answers; it was cut off.
    case notReading(peer: String)
    /// A peer of another protocol or mode was refused.
    case strange(peer: Hello)
    /// The responder threw something that is no refusal.
    case failed(method: String, any Error)
    /// The kernel had no descriptor or no watch for a new connection.
    case acceptFailed(SystemError)

    package var description: String {
        switch self {
        case .denied(let uid): "ipc.denied uid=\(uid)"
        case .badFrame(let peer, let error): "ipc.bad_frame peer=\(peer) error=\(error)"
        case .notReading(let peer): "ipc.not_reading peer=\(peer)"
        case .strange(let peer):
            "ipc.strange_peer peer=\(peer.process) protocol=\(peer.protocol) mode=\(peer.mode.rawValue)"
        case .failed(let method, let error): "ipc.failed method=\(method) error=\(error)"
        case .acceptFailed(let error): "ipc.accept_failed error=\(error)"
        }
    }
}
