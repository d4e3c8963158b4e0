import FoundationEssentials
import Testing

@testable import Wire

@Suite("The frame reader")
struct FrameReaderTests {
    private let payloads = [Data("{}".utf8), Data(), Data(repeating: 0x61, count: 300)]

    /// The frames of `payloads`, one after the other.
    private func stream() throws -> [UInt8] {
        try payloads.flatMap { try Frame.header(for: $0.count) + $0 }
    }

    @Test("gives the same frames wherever the stream is cut")
    func isCutEverywhere() throws {
        let bytes = try stream()
        for cut in 0...bytes.count {
            var reader = FrameReader()
            var given: [Data] = []
            for part in [bytes[..<cut], bytes[cut...]] {
                reader.take(part)
                while let payload = try reader.next() { given.append(payload) }
            }
            try #require(given == payloads, "cut at \(cut)")
            try #require(reader.isBetweenFrames)
        }
    }

    @Test("gives the same frames when bytes come one by one, and is between frames only there")
    func bytesComeOneByOne() throws {
        var reader = FrameReader()
        var given: [Data] = []
        for byte in try stream() {
            reader.take([byte])
            let before = given.count
            while let payload = try reader.next() { given.append(payload) }
            #expect(reader.isBetweenFrames == (given.count > before))
        }
        #expect(given == payloads)
    }

    @Test("takes a payload of the largest length, and refuses the length above it at its header")
    func largestLength() throws {
        var reader = FrameReader()
        let payload = Data(repeating: 0x20, count: Frame.maximumLength)
        reader.take(try Frame.header(for: payload.count))
        #expect(try reader.next() == nil)
        reader.take(payload)
        #expect(try reader.next() == payload)

        #expect(throws: WireError.frameTooLong(Frame.maximumLength + 1)) {
            try Frame.header(for: Frame.maximumLength + 1)
        }
        reader.take([0x00, 0x80, 0x00, 0x01])
        #expect(throws: WireError.frameTooLong(Frame.maximumLength + 1)) { try reader.next() }
    }

    @Test("refuses a length of 4 GiB without making room for it")
    func hugeLength() throws {
        var reader = FrameReader()
        reader.take([0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: WireError.frameTooLong(0xFFFF_FFFF)) { try reader.next() }
        #expect(reader.room() < 1 << 20)
    }

    @Test("asks for all of a large frame at once, and gives the memory back afterwards")
    func memoryIsGivenBack() throws {
        var reader = FrameReader()
        reader.take(try Frame.header(for: 5 << 20))
        #expect(reader.room() >= 5 << 20)
        reader.take(Data(repeating: 0x61, count: 5 << 20))
        #expect(try reader.next()?.count == 5 << 20)
        #expect(reader.room() < 1 << 20)
    }

    @Test("keeps what a failed read left alone")
    func failedReadChangesNothing() throws {
        var reader = FrameReader()
        reader.take([0, 0, 0, 1])
        #expect(throws: CancellationError.self) {
            try reader.fill { _ -> (count: Int, result: Void) in throw CancellationError() }
        }
        reader.take([0x37])
        #expect(try reader.next() == Data([0x37]))
    }
}

extension FrameReader {
    /// Puts `bytes` in, as often as there must be room made.
    fileprivate mutating func take(_ bytes: some Collection<UInt8>) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let part = rest
            let count = fill { room in
                let count = Swift.min(room.count, part.count)
                part.withUnsafeBytes { room.copyMemory(from: .init(rebasing: $0[..<count])) }
                return (count, count)
            }
            rest = rest.dropFirst(count)
        }
    }

    /// How much it would read at once now.
    fileprivate mutating func room() -> Int { fill { (0, $0.count) } }
}
