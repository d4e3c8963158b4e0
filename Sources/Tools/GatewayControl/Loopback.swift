internal import Glibc
internal import Reactor

/// TCP between programs on this machine.
enum Loopback {
    /// Connections that may wait to be taken.
    private static let backlog: CInt = 1_024

    /// Listens at that port; 0: at one of the kernel's choice.
    static func listen(at port: UInt16 = 0) throws -> Descriptor {
        let socket = try newSocket()
        let number = socket.number
        try with(port: port) { name, length in
            try checked("bind") { bind(number, name, length) }
        }
        try checked("listen") { Glibc.listen(number, backlog) }
        return socket
    }

    /// The port that a socket listens at.
    static func port(of socket: borrowing Descriptor) throws -> UInt16 {
        let number = socket.number
        var name = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try checked("getsockname") {
            withUnsafeMutablePointer(to: &name) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getsockname(number, $0, &length)
                }
            }
        }
        return UInt16(bigEndian: name.sin_port)
    }

    /// Connects; what is read and written later does not wait.
    static func connect(to port: UInt16) throws -> Descriptor {
        let socket = try newSocket()
        let number = socket.number
        try with(port: port) { name, length in
            try checked("connect to port \(port)") { Glibc.connect(number, name, length) }
        }
        try socket.setNonBlocking()
        return socket
    }

    private static func newSocket() throws -> Descriptor {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Descriptor(owning: try checked("socket") { Glibc.socket(AF_INET, type, 0) })
        var yes: CInt = 1
        setsockopt(
            socket.number, CInt(IPPROTO_TCP), TCP_NODELAY, &yes,
            socklen_t(MemoryLayout<CInt>.size))
        return socket
    }

    private static func with(
        port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void
    ) throws {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        try withUnsafePointer(to: &name) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
