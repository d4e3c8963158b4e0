internal import Reactor

/// One answer of the gateway as it comes: its head, then its body part by part.
struct IncomingAnswer: ~Copyable {
    /// The status and the fields, their names in lower case.
    struct Head: Sendable {
        let status: Int
        private let fields: [String: String]

        /// Reads what stands before the empty line; nil when that is no head.
        init?(_ bytes: ArraySlice<UInt8>) {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
            guard let first = lines.first, first.hasPrefix("HTTP/1."),
                let status = first.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
            else { return nil }
            self.status = status
            fields = Dictionary(
                lines.dropFirst().compactMap { line in
                    line.firstIndex(of: ":").map { colon in
                        let value = line[colon...].dropFirst().drop { $0 == " " }
                        return (line[..<colon].lowercased(), String(value))
                    }
                }, uniquingKeysWith: { first, _ in first })
        }

        subscript(_ name: String) -> String? { fields[name] }
    }

    /// The answer ended before its body did.
    struct BrokenOff: Error, CustomStringConvertible {
        let address: String
        var description: String { "\(address) broke off its answer" }
    }

    /// Bytes of a head; the gateway's have some hundred.
    private static let longestHead = 16 << 10

    let head: Head
    private let socket: Descriptor
    private let address: String
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    /// What came with the head and was not given out.
    private var early: ArraySlice<UInt8>
    /// Bytes of the body that were not given out; nil: as many as come.
    private var left: Int?

    /// Waits for the head.
    ///
    /// - Throws: `SystemError`; `NoAnswer` when none comes.
    init(from socket: consuming Descriptor, of address: String) throws {
        let end = Array("\r\n\r\n".utf8)
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: Self.longestHead)
        var bodyAt: Range<Int>?
        while bodyAt == nil {
            guard bytes.count < Self.longestHead,
                case .moved(let count) = try part.withUnsafeMutableBytes({
                    try socket.read(into: $0)
                })
            else { throw GatewayHTTP.NoAnswer(address: address) }
            bytes += part[..<count]
            bodyAt = bytes.firstRange(of: end)
        }
        guard let bodyAt, let head = Head(bytes[..<bodyAt.lowerBound]) else {
            throw GatewayHTTP.NoAnswer(address: address)
        }
        self.head = head
        self.socket = socket
        self.address = address
        early = bytes[bodyAt.upperBound...]
        left = head["content-length"].flatMap { Int($0) }
    }

    /// The next bytes of the body; nil when that was all of it.
    ///
    /// - Throws: `SystemError`; `BrokenOff`.
    mutating func next() throws -> ArraySlice<UInt8>? {
        guard left != 0 else { return nil }
        var part = early
        early = []
        if part.isEmpty {
            switch try buffer.withUnsafeMutableBytes({ try socket.read(into: $0) }) {
            case .moved(let count): part = buffer[..<count]
            case .ended where left == nil: return nil
            case .ended, .wouldBlock: throw BrokenOff(address: address)
            }
        }
        if let left {
            part = part.prefix(left)
            self.left = left - part.count
        }
        return part
    }

    mutating func wholeBody() throws -> [UInt8] {
        var body: [UInt8] = []
        while let part = try next() { body += part }
        return body
    }
}
