import Glibc
import Reactor
import TestSupport
import Testing

/// What systemd gives a process and is told by it; the test plays systemd.
@Suite("under systemd", .serialized)
struct SystemdTests {
    @Test(
        "a process says when it is ready and when it ends, from within its sandbox",
        arguments: GatewayProcess.Name.allCases)
    func notifies(name: GatewayProcess.Name) async throws {
        try await withGroup { group in
            let path = group.folder.file("notify")
            for socket in [path, "@gateway-tests-\(getpid())-\(name.rawValue)"] {
                let manager = try NotifySocket(socket)
                group[name].set("NOTIFY_SOCKET", manager.name)
                group[name].set(arguments: "--require-sandbox")
                try await group.start(name)
                #expect(try await manager.next() == "READY=1")
                #expect(try await group[name].stop() == .exited(0))
                #expect(try await manager.next() == "STOPPING=1\nSTATUS=draining")
            }
        }
    }

    @Test("a process that is watched says again and again that it lives")
    func isWatched() async throws {
        try await withGroup { group in
            let manager = try NotifySocket(group.folder.file("notify"))
            group.signer.set("NOTIFY_SOCKET", manager.name)
            group.signer.set("WATCHDOG_USEC", "100000")
            try await group.start(.signer)
            #expect(try await manager.next() == "READY=1")
            for _ in 0..<3 { #expect(try await manager.next() == "WATCHDOG=1") }
            // One that hangs says nothing more.
            try group.signer.pause()
            while try await manager.next(within: .milliseconds(300)) != nil {}
            try group.signer.resume()
            #expect(try await manager.next() == "WATCHDOG=1")
        }
    }

    @Test("ingress takes the socket that systemd holds, and a restart refuses nobody")
    func restartsBehindTheSocket() async throws {
        try await withGroup { group in
            group.ingress.set(launcher: Self.givingInput)
            try await group.start(.ingress)
            for isKilled in [true, false, true] {
                // Before it is away, while it is, and after.
                #expect(try await group.get("/nowhere").status == 404)
                if isKilled { group.ingress.kill() } else { _ = try await group.ingress.stop() }
                let waiting = try await blocking {
                    let connection = try group.connection()
                    try connection.send(HTTPConnection.request("GET", "/nowhere"))
                    return connection
                }
                try await group.start(.ingress)
                #expect(try await blocking { try waiting.receive() }.status == 404)
            }
        }
    }

    @Test("a socket of another process is not taken: descriptor 0 is")
    func leavesOthersSockets() async throws {
        try await withGroup { group in
            group.ingress.set("LISTEN_PID", "1")
            group.ingress.set("LISTEN_FDS", "1")
            try await group.start(.ingress)
            #expect(try await group.get("/nowhere").status == 404)
        }
    }

    @Test("a socket at another address than GATEWAY_LISTEN is refused, given either way")
    func refusesOtherAddress() async throws {
        try await withGroup { group in
            group.ingress.set("GATEWAY_LISTEN", "127.0.0.1:\(try Listener.freePort())")
            for launcher in [[], Self.givingInput] {
                group.ingress.set(launcher: launcher)
                try await group.ingress.launch()
                #expect(try await group.ingress.ended() == .exited(78))
                #expect(group.ingress.log.contains("fatal: ingress: GATEWAY_LISTEN: "))
            }
        }
    }

    @Test("several sockets, one for a process that opens its own, no socket to tell: exit 78")
    func refusesWhatItCannotUse() async throws {
        try await withGroup { group in
            group.ingress.set(launcher: Self.givingInput("2"))
            group.ingress.set("LISTEN_FDS", "2")
            try await group.ingress.launch()
            #expect(try await group.ingress.ended() == .exited(78))
            #expect(group.ingress.log.contains("fatal: ingress: LISTEN_FDS: is \"2\""))

            group.signer.set(launcher: Self.givingInput)
            try await group.signer.launch()
            #expect(try await group.signer.ended() == .exited(78))
            #expect(
                group.signer.log.contains("fatal: signer: LISTEN_FDS: gives a socket to signer"))

            group.inbox.set("NOTIFY_SOCKET", group.folder.file("nobody"))
            try await group.inbox.launch()
            #expect(try await group.inbox.ended() == .exited(78))
            #expect(group.inbox.log.contains("fatal: inbox: NOTIFY_SOCKET: names a socket that"))
        }
    }

    /// Gives the standard input as descriptor 3, by systemd's protocol; the pid stays the shell's.
    private static let givingInput = givingInput("1")

    private static func givingInput(_ count: String) -> [String] {
        [
            "/bin/bash", "-c",
            "LISTEN_PID=$$ LISTEN_FDS=\(count) exec \"$0\" \"$@\" 3<&0 </dev/null",
        ]
    }
}
