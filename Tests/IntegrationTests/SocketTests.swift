import TestSupport
import Testing

/// The sockets between the processes: what comes over them may be anything.
@Suite("sockets between processes", .serialized)
struct SocketTests {
    static let garbage: [[UInt8]] = [
        [], [0], [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 5] + Array("hello".utf8),
        [0, 0, 0, 2] + Array("{}".utf8), [0, 0, 0, 2] + Array("[]".utf8),
        Array("GET / HTTP/1.1\r\n\r\n".utf8), [0, 0x80, 0, 1],
        [0, 0, 0x40, 0] + Array(repeating: UInt8(ascii: "["), count: 0x4000),
        [0, 0, 0, 4, 0xC3, 0x28, 0, 0],
        frame(#"{"jsonrpc":"2.0","id":1,"method":"signer.verify","params":{}}"#),
        frame(#"{"jsonrpc":"2.0","id":1,"method":"process.hello","params":{"protocol":-1}}"#),
    ]

    private static func frame(_ text: String) -> [UInt8] {
        [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8)
    }

    @Test("garbage costs its sender the connection, and no process its life")
    func garbage() async throws {
        try await withGroup { group in
            try await group.start()
            let pids = group.all.map(\.pid)
            for name in ["signer", "inbox", "provider"] {
                let path = group.folder.file("run/\(name).sock")
                try await blocking {
                    for bytes in Self.garbage + Self.garbage.map({ $0 + $0 }) {
                        try sendAndClose(bytes, to: path)
                    }
                }
            }
            try await group.postTexts(["after"])
            #expect(try await group.send("send", RunningTests.SendTests.text).status == 200)
            #expect(try await group.messages()?.count == 2)
            #expect(group.all.map(\.pid) == pids)
            for process in group.all {
                #expect(try await process.stop() == .exited(0), "\(process.name)")
            }
        }
    }

    @Test("the sockets and all that is kept are their owner's alone")
    func modes() async throws {
        try await withGroup { group in
            try await group.start()
            try await group.postTexts(["hello"])
            #expect(try await group.send("send", RunningTests.SendTests.text).status == 200)
            for name in ["ingress", "provider", "inbox", "run"] {
                #expect(mode(of: group.folder.file(name)) == 0o700, "\(name)")
            }
            for name in [
                "run/signer.sock", "run/inbox.sock", "run/provider.sock", "ingress/journal.db",
                "provider/outbox.db", "inbox/inbox.db", "ingress/journal.db-wal",
            ] {
                #expect(mode(of: group.folder.file(name)) == 0o600, "\(name)")
            }
        }
    }
}
