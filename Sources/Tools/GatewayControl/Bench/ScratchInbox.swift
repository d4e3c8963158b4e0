internal import FoundationEssentials
internal import Glibc
internal import IPC
internal import Reactor
internal import Wire

/// An inbox of its own, in a folder that is taken away again: the executable beside this one.
struct ScratchInbox {
    let folder: String
    let client: Client
    private let pid: pid_t

    /// How long it may take to open its database and listen.
    private static let patience = Duration.seconds(30)

    /// Starts it, and returns when it answers.
    static func start(on loop: EventLoop) async throws -> ScratchInbox {
        let folder = try makeScratchFolder("gateway-bench")
        do {
            try checked("mkdir run") { mkdir("\(folder)/run", 0o700) }
            let pid = try spawn(
                URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
                    .deletingLastPathComponent().path + "/inbox",
                environment: ["GATEWAY_STATE_DIR": folder, "GATEWAY_MODE": "stub"],
                log: "\(folder)/log")
            let client = Client(
                to: .inbox, in: try SocketDirectory("\(folder)/run"),
                as: Hello(process: "gatewayctl", mode: .stub, pid: getpid()), on: loop)
            _ = try await client.ask(DescribeInbox(), within: patience)
            return ScratchInbox(folder: folder, client: client, pid: pid)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    /// Ends it, and takes its folder away.
    func remove() {
        kill(pid, SIGKILL)
        var status: CInt = 0
        waitpid(pid, &status, 0)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What the kernel counts for it, in bytes: resident now, and at most so far.
    func memory() throws -> (resident: Int64, peak: Int64) {
        let text = String(
            decoding: try Data(contentsOf: URL(filePath: "/proc/\(pid)/status")), as: UTF8.self)
        func bytes(_ name: String) -> Int64 {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
            return
                (line?.split(whereSeparator: \.isWhitespace).dropFirst().first
                .flatMap { Int64($0) } ?? 0) << 10
        }
        return (bytes("VmRSS:"), bytes("VmHWM:"))
    }

    /// How long it has kept processors busy, in all its threads.
    func processorTime() throws -> Duration {
        let text = String(
            decoding: try Data(contentsOf: URL(filePath: "/proc/\(pid)/stat")), as: UTF8.self)
        // Behind the name, which may hold blanks: fields 3 and on, the 14th and 15th are ticks. (proc(5))
        let fields = (text.split(separator: ")").last ?? "").split(separator: " ")
        let ticks = fields.dropFirst(11).prefix(2).compactMap { Int($0) }.reduce(0, +)
        return .microseconds(ticks * 1_000_000 / sysconf(CInt(_SC_CLK_TCK)))
    }
}
