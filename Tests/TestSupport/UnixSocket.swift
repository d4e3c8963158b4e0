internal import Glibc
internal import Reactor

/// Sends bytes to a Unix socket, reads until the owner closes or a moment is over, and closes; blocks.
///
/// - Throws: `SystemError` when nobody listens there.
package func sendAndClose(_ bytes: [UInt8], to path: String) throws {
    let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let socket = Descriptor(owning: try checked("socket") { Glibc.socket(AF_UNIX, type, 0) })
    let number = socket.number
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    _ = try withUnsafePointer(to: &address) { pointer in
        try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            try checked("connect \(path)") {
                connect(number, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
    _ = bytes.withUnsafeBytes { send(number, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
    shutdown(number, CInt(SHUT_WR))
    _ = readToEnd(of: number, within: .seconds(1))
}

/// The permissions of a file; nil when there is none.
package func mode(of path: String) -> UInt32? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
}
