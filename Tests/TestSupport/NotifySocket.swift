internal import Glibc
internal import Reactor

/// The socket at which a service manager is told how its processes go; a test plays the manager.
package final class NotifySocket: Sendable {
    /// What `NOTIFY_SOCKET` is to be.
    package let name: String
    private let socket: Descriptor

    /// Takes the name: a path, or `@` and an abstract name.
    ///
    /// - Throws: `SystemError`.
    package init(_ name: String) throws {
        self.name = name
        let type = CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Descriptor(owning: try checked("socket") { Glibc.socket(AF_UNIX, type, 0) })
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError("bind \(name)", ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = MemoryLayout.size(ofValue: address.sun_family) + bytes.count
        let number = socket.number
        _ = try withUnsafePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                address throws(SystemError) in
                try checked("bind \(name)") { bind(number, address, socklen_t(length)) }
            }
        }
        self.socket = socket
    }

    /// The next word that comes; nil when none comes in time.
    package func next(within limit: Duration = GatewayProcess.patience) async throws -> String? {
        let number = socket.number
        return try await blocking {
            guard wait(for: number, until: .now + limit) else { return nil }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = recv(number, &buffer, buffer.count, 0)
            return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
        }
    }
}
