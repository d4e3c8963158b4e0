import BadRequests
import HTTP1
import TestSupport
import Testing

/// Damaged requests: no crash, and the same verdict however they are cut.
struct FuzzTests {
    private static let spice: [UInt8] =
        Array("\r\n\t :;,=%0+/?*#\\\"".utf8) + [0, 0x7F, 0x80, 0xFF]

    @Test("a damaged request is judged the same whole, in pieces and bytewise", arguments: 0..<8)
    func damaged(seed: Int) {
        var random = Seeded(UInt64(seed))
        // Odd seeds go to the route that takes its body in parts.
        let path = seed % 2 == 0 ? "/webhook" : "/upload"
        let requests = BadRequest.all(path: path).filter { (1..<400).contains($0.bytes.count) }
        for _ in 0..<1_000 {
            guard var bytes = requests.randomElement(using: &random)?.bytes else { continue }
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damage(&bytes, &random)
            }
            var whole = Visit()
            whole.send(bytes[...])
            for size in [1, Int.random(in: 2...40, using: &random)] {
                var pieces = Visit()
                pieces.send(bytes[...], size: size)
                #expect(pieces.answers == whole.answers, "\(bytes)")
                #expect(pieces.errors == whole.errors, "\(bytes)")
                #expect(pieces.bodies == whole.bodies, "\(bytes)")
                #expect(pieces.parts == whole.parts, "\(bytes)")
            }
        }
    }

    private func damage(_ bytes: inout [UInt8], _ random: inout Seeded) {
        guard !bytes.isEmpty, let new = Self.spice.randomElement(using: &random) else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = new
        case 1: bytes.insert(new, at: place)
        case 2: bytes.remove(at: place)
        default: bytes.append(contentsOf: bytes[place...].prefix(60))
        }
    }
}
