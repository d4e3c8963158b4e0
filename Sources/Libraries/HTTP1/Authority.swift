/// Decides whether bytes are a host and perhaps a port: `name`, `name:8080`, `[::1]:8080`.
///
/// Narrower than RFC 3986 §3.2: no user, no escapes, no empty name or port, no sub-delimiters. What
/// is refused here is what proxies are known to read in two ways.
enum Authority {
    static func isValid(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count <= Limit.host, !bytes.isEmpty else { return false }
        var index = 0
        if bytes[0] == UInt8(ascii: "[") {
            index = 1
            while index < bytes.count, ByteSet.ipv6.contains(bytes[index]) { index += 1 }
            // The shortest address is `::`.
            guard index >= 3, index < bytes.count, bytes[index] == UInt8(ascii: "]") else {
                return false
            }
            index += 1
        } else {
            while index < bytes.count, ByteSet.hostName.contains(bytes[index]) { index += 1 }
            guard index > 0 else { return false }
        }
        guard index < bytes.count else { return true }
        guard bytes[index] == UInt8(ascii: ":") else { return false }
        return isPort(bytes.extracting(droppingFirst: index + 1))
    }

    private static func isPort(_ bytes: Span<UInt8>) -> Bool {
        guard (1...5).contains(bytes.count) else { return false }
        var port = 0
        for index in 0..<bytes.count {
            guard ByteSet.digit.contains(bytes[index]) else { return false }
            port = port * 10 + Int(bytes[index] - UInt8(ascii: "0"))
        }
        return port <= 65_535
    }
}
