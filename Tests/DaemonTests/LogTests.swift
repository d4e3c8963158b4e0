import Glibc
import Reactor
import Testing

@testable import Daemon

@Suite("The log")
struct LogTests {
    @Test("writes level, process and what, a line each")
    func lines() throws {
        let pipe = try Pipe()
        let log = Log("signer", to: pipe.writer.number)
        log.info("ready pid=7")
        log.warning("a")
        log.error("b")
        log.fatal("c")
        #expect(
            try pipe.lines() == [
                "info: signer: ready pid=7", "warning: signer: a", "error: signer: b",
                "fatal: signer: c",
            ])
    }

    @Test("keeps one line one line, whatever is in it")
    func oneLine() throws {
        let pipe = try Pipe()
        Log("signer", to: pipe.writer.number).info("a\nfatal: signer: b\r\n\u{0}\u{1B}[2J\u{7F}é")
        #expect(try pipe.lines() == ["info: signer: a fatal: signer: b    [2J é"])
    }

    @Test("cuts a line at what a pipe takes whole")
    func longLine() throws {
        let pipe = try Pipe()
        let log = Log("signer", to: pipe.writer.number)
        log.info(String(repeating: "x", count: 100_000))
        log.info("next")
        let lines = try pipe.lines()
        #expect(lines.map(\.utf8.count) == [4_095, "info: signer: next".utf8.count])
    }

    @Test("loses lines while nobody reads, never waits, and says how many when somebody does")
    func losesLines() throws {
        let pipe = try Pipe()
        let log = Log("signer", to: pipe.writer.number)
        let count = 20_000
        for number in 0..<count { log.info("line number=\(number)") }
        let kept = try pipe.lines()
        #expect(kept.count < count)
        #expect(kept.last == "info: signer: line number=\(kept.count - 1)")
        log.info("again")
        #expect(
            try pipe.lines() == [
                "warning: signer: log lines lost count=\(count - kept.count)",
                "info: signer: again",
            ])
    }
}

/// A pipe whose reading end never waits.
private struct Pipe: ~Copyable {
    let reader: Descriptor
    let writer: Descriptor

    init() throws {
        var numbers: [CInt] = [0, 0]
        try checked("pipe") { pipe(&numbers) }
        let reading = Descriptor(owning: numbers[0])
        try reading.setNonBlocking()
        reader = reading
        writer = Descriptor(owning: numbers[1])
    }

    /// Everything written so far; each line must have its end.
    borrowing func lines() throws -> [String] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while case .moved(let count) = try part.withUnsafeMutableBytes({
            try reader.read(into: $0)
        }) {
            bytes += part[..<count]
        }
        #expect(bytes.last == UInt8(ascii: "\n"))
        return String(decoding: bytes.dropLast(), as: UTF8.self).split(separator: "\n").map(
            String.init)
    }
}
