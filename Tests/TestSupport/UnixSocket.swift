internal import Glibc
internal import Reactor

/// Sends bytes to a Unix socket, reads until the owner closes or a moment is over, and closes; blocks.
///
/// - Throws: `SystemError` when nobody listens there.
package func sendAndClose(_ bytes: [UInt8], to path: String) throws {
    let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let socket = Descriptor(owning: try checked("socket") { Glibc.socket(AF_UNIX, type, 0) })
    let number = socket.number
    try connect(number, to: path)
    _ = bytes.withUnsafeBytes { send(number, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
    shutdown(number, CInt(SHUT_WR))
    _ = readToEnd(of: number, within: .seconds(1))
}

/// The permissions of a file; nil when there is none.
package func mode(of path: String) -> UInt32? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
}

/// A connection to a Unix socket that says nothing.
package final class Visitor: Sendable {
    private let number: CInt

    /// Connects; blocks while the backlog is full.
    ///
    /// - Throws: `SystemError` when nobody listens there.
    package init(_ path: String) throws {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let number = try checked("socket") { Glibc.socket(AF_UNIX, type, 0) }
        self.number = number
        try connect(number, to: path)
    }

    /// Goes away; to be called once.
    package func leave() { close(number) }
}

private func connect(_ number: CInt, to path: String) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    _ = try withUnsafePointer(to: &address) { pointer in
        try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            try checked("connect \(path)") {
                Glibc.connect(number, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
