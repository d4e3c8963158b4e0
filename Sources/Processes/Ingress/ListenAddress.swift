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

    /// The listening socket: the one that was given, else descriptor 0 where a supervisor holds it,
    /// else bound here.
    ///
    /// - Throws: `SettingError` when somebody else's socket is not that of this address, since who
    ///   may ask without a token follows from the address; `SystemError`, e.g. `EADDRINUSE`.
    func listener(given: GivenSocket?) throws -> Descriptor {
        let held: Descriptor
        if let given {
            held = given.take()
        } else if Self.isListening(STDIN_FILENO) {
            // Taken by another number, so that descriptor 0 is never closed and reused.
            held = Descriptor(
                owning: try checked("fcntl(F_DUPFD)") {
                    fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                })
        } else {
            return try bound()
        }
        guard Self.isListening(held.number), isAddress(of: held) else {
            throw SettingError(
                Self.setting, "is not where the socket listens that this process was given",
                cure: "give both the same address and port, IPv4")
        }
        try held.setNonBlocking()
        return held
    }

    /// Whether a descriptor is a socket that listens.
    private static func isListening(_ number: CInt) -> Bool {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0 && value == 1
    }

    private func isAddress(of socket: borrowing Descriptor) -> Bool {
        var name = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = socket.number
        let known = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(number, $0, &length)
            }
        }
        return known == 0 && CInt(name.sin_family) == AF_INET && name.sin_addr.s_addr == address
            && UInt16(bigEndian: name.sin_port) == port
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
