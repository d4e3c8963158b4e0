package import Reactor
private import Synchronization

/// The socket on which a process is reached, open since before its sandbox was closed.
///
/// Who connects meanwhile waits in its backlog until the process serves it.
package final class Listening: Sendable {
    private let socket: Mutex<Descriptor?>

    package init(_ socket: consuming Descriptor) { self.socket = Mutex(socket) }

    /// Hands it to who serves it, of whom there is one.
    package func take() -> Descriptor {
        guard let taken = socket.withLock({ $0.take() }) else {
            preconditionFailure("the socket is served already")
        }
        return taken
    }
}
