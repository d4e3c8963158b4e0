import Glibc
import TestSupport
import Testing

extension LoadingTests {
    /// Whoever reads the logs has stopped.
    @Suite("readers of logs")
    struct LogReaderTests {
        @Test(
            "a log that nobody reads holds no process up; what was lost is counted when it is read again",
            arguments: GatewayProcess.Name.allCases)
        func blocked(name: GatewayProcess.Name) async throws {
            try await withGroup { group in
                let pipe = group.folder.file("log/pipe")
                #expect(mkfifo(pipe, 0o600) == 0)
                let reader = open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
                #expect(reader >= 0)
                defer { close(reader) }
                for process in group.all {
                    try await process.start(with: process.name == name ? .logging(to: pipe) : nil)
                }
                // Nothing more fits.
                while Glibc.write(reader, "x\n", 2) > 0 {}
                try await group.workOnce("before")
                // Each makes it want to say something.
                if name == .ingress {
                    group.inbox.kill()
                    try await group.inbox.start()
                } else {
                    let path = group.folder.file("run/\(name.rawValue).sock")
                    try await blocking {
                        for _ in 0..<5 { try sendAndClose([0, 0, 0, 1, 0], to: path) }
                    }
                }
                try await group.workOnce("meanwhile")
                #expect(group[name].isRunning)
                var buffer = [UInt8](repeating: 0, count: 1 << 20)
                while Glibc.read(reader, &buffer, buffer.count) > 0 {}
                #expect(try await group[name].stop() == .exited(0))
                let count = Glibc.read(reader, &buffer, buffer.count)
                let said = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
                #expect(said.contains("draining"), "\(said)")
                if name != .ingress { #expect(said.contains("log lines lost count="), "\(said)") }
            }
        }
    }
}
