internal import CLinux
internal import Daemon
internal import Glibc
internal import Reactor

/// Where callers reach the gateway: an IPv4 address and a port.
struct ListenAddress: Hashable, Sendable {
    static let setting = "GATEWAY_LISTEN"
    static let standard = "127.0.0.1:8080"

    /// In network byte order.
    private let address: in_addr_t
    let port: UInt16

    /// Reads `127.0.0.1:8080`.
    ///
    /// - Throws: `SettingError` naming `GATEWAY_LISTEN`.
    init(_ text: String) throws(SettingError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var address = in_addr()
        guard parts.count == 2, inet_pton(AF_INET, String(parts[0]), &address) == 1,
            let port = UInt16(parts[1]), port > 0
        else {
            throw SettingError(
                Self.setting, "is \"\(text)\"",
                cure: "use an IPv4 address and a port, as in \(Self.standard)")
        }
        self.address = address.s_addr
        self.port = port
    }

    /// Whether only this machine can reach it.
    var isLoopback: Bool { UInt32(bigEndian: address) >> 24 == 127 }

    /// Connections that may wait while the process restarts; what the kernel allows at most by default.
    private static let backlog: CInt = 4_096

    /// The listening socket: inherited as descriptor 0 where a supervisor holds it, else bound here.
    ///
    /// - Throws: `SystemError`, e.g. `EADDRINUSE`.
    func listener() throws(SystemError) -> Descriptor {
        if Self.isInherited {
            // Taken by another number, so that descriptor 0 is never closed and reused.
            let inherited = Descriptor(
                owning: try checked("fcntl(F_DUPFD)") {
                    fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                })
            try inherited.setNonBlocking()
            return inherited
        }
        return try bound()
    }

    /// Whether descriptor 0 is a socket that listens.
    static var isInherited: Bool {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(STDIN_FILENO, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0
            && value == 1
    }

    private func bound() throws(SystemError) -> Descriptor {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Descriptor(owning: try checked("socket") { Glibc.socket(AF_INET, type, 0) })
        let number = socket.number
        var yes: CInt = 1
        setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = address
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try checked("bind \(Self.setting)") {
            withUnsafePointer(to: &name) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(number, $0, length)
                }
            }
        }
        try checked("listen") { listen(number, Self.backlog) }
        return socket
    }
}
