internal import CLinux
internal import Glibc
package import Reactor

/// The directory that holds the sockets of a group, reached however long its path is.
///
/// A Unix socket's address holds 107 bytes of path, so sockets are addressed through the
/// directory's descriptor: `/proc/self/fd/N/signer.sock`.
package final class SocketDirectory: Sendable {
    private let directory: Descriptor

    /// Opens the directory.
    ///
    /// - Throws: `SystemError` when it does not exist or may not be entered.
    package init(_ path: String) throws(SystemError) {
        directory = Descriptor(
            owning: try checked("open \(path)") { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    }

    /// Connections that wait to be accepted; beyond it a connect is told to come again.
    private static let backlog: CInt = 1_024

    /// Takes the name and listens on it, for this user alone; a socket left by a dead owner is replaced.
    ///
    /// Hold the service's lock before: replacing is only right when nobody else can own the name.
    package func listen(_ name: String) throws(SystemError) -> Descriptor {
        let socket = try Self.socket()
        let number = socket.number
        unlink(path(name))
        let before = umask(0o177)
        defer { umask(before) }
        try withAddress(name) { (address, length) throws(SystemError) in
            try checked("bind \(name)") { bind(number, address, length) }
        }
        try checked("listen \(name)") { Glibc.listen(number, Self.backlog) }
        return socket
    }

    /// Connects without blocking.
    ///
    /// - Throws: `SystemError`: `ENOENT` and `ECONNREFUSED` mean the owner is away, `EAGAIN` that its backlog is full.
    package func connect(_ name: String) throws(SystemError) -> Descriptor {
        let socket = try Self.socket()
        let number = socket.number
        try withAddress(name) { (address, length) throws(SystemError) in
            try checked("connect \(name)") { Glibc.connect(number, address, length) }
        }
        return socket
    }

    private static func socket() throws(SystemError) -> Descriptor {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        return Descriptor(owning: try checked("socket") { Glibc.socket(AF_UNIX, type, 0) })
    }

    private func path(_ name: String) -> String { "/proc/self/fd/\(directory.number)/\(name)" }

    private func withAddress(
        _ name: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Void
    ) throws(SystemError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path(name).utf8)
        precondition(
            bytes.count < MemoryLayout.size(ofValue: address.sun_path), "socket names are short")
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let outcome = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Result { () throws(SystemError) in try body(address, length) }
            }
        }
        try outcome.get()
    }
}

/// Who is at the other end of a Unix socket, as the kernel says.
package struct PeerCredentials: Hashable, Sendable {
    package let pid: Int32
    package let uid: UInt32

    init(of descriptor: borrowing Descriptor) throws(SystemError) {
        var credentials = clinux_ucred()
        var length = socklen_t(MemoryLayout<clinux_ucred>.size)
        let number = descriptor.number
        try checked("getsockopt(SO_PEERCRED)") {
            getsockopt(number, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
        }
        pid = credentials.pid
        uid = credentials.uid
    }

    /// Whether it runs as this process's user, or as root.
    var isTrusted: Bool { uid == geteuid() || uid == 0 }
}
