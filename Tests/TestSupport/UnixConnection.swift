internal import Glibc
internal import Reactor

/// A client's side of a Unix socket that speaks in lines; every call blocks.
struct UnixConnection: ~Copyable {
    private let socket: Descriptor

    /// - Throws: `SystemError`.
    init(path: String) throws {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Descriptor(owning: try checked("socket") { Glibc.socket(AF_UNIX, type, 0) })
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let capacity = MemoryLayout.size(ofValue: name.sun_path)
        // The last byte stays zero.
        guard bytes.count < capacity else { throw SystemError("connect \(path)", ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        let number = socket.number
        try withUnsafePointer(to: &name) { pointer in
            _ = try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                try checked("connect \(path)") {
                    connect(number, name, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        self.socket = socket
    }

    /// Sends one line and answers the one that comes back, or what came before the end.
    ///
    /// - Throws: `SystemError`.
    func ask(_ line: [UInt8]) throws -> [UInt8] {
        var rest = (line + [UInt8(ascii: "\n")])[...]
        while !rest.isEmpty {
            let sent = try rest.withUnsafeBytes { try socket.send($0) }
            guard case .moved(let count) = sent else { break }
            rest = rest.dropFirst(count)
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while answer.last != UInt8(ascii: "\n"),
            case .moved(let count) = try buffer.withUnsafeMutableBytes({ try socket.read(into: $0) }
            )
        {
            answer += buffer[..<count]
        }
        return answer
    }
}
