internal import Glibc
package import Reactor

/// A listening TCP socket on a free port of this machine, held over the restarts of who serves it.
package final class Listener: Sendable {
    package let port: UInt16
    fileprivate let socket: Descriptor

    package var number: CInt { socket.number }

    /// - Throws: `SystemError`.
    package init() throws {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        socket = Descriptor(owning: try checked("socket") { Glibc.socket(AF_INET, type, 0) })
        let number = socket.number
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        port = try withUnsafeMutablePointer(to: &name) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                try checked("bind") { bind(number, name, length) }
                try checked("listen") { listen(number, 4_096) }
                try checked("getsockname") { getsockname(number, name, &length) }
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
    }

    /// A port that was free a moment ago, for a server that binds it itself.
    package static func freePort() throws -> UInt16 { try Listener().port }
}

extension Listener {
    /// Makes `accept` return instead of waiting.
    ///
    /// - Throws: `SystemError`.
    package func setNonBlocking() throws { try socket.setNonBlocking() }

    /// Another descriptor of the same socket, for a server that takes it over.
    ///
    /// - Throws: `SystemError`.
    package func duplicate() throws -> Descriptor {
        Descriptor(owning: try checked("dup") { dup(number) })
    }

    /// The next connection that waits, if one does.
    package func accept() -> Descriptor? { (try? socket.accept()) ?? nil }
}

extension Listener {
    /// Whether somebody listens on a port of this machine.
    package static func isOpen(_ port: UInt16) -> Bool {
        let socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        name.sin_port = port.bigEndian
        return withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
