package import Glibc
internal import Reactor

/// A gateway as people run it: `run.sh`, supervisord, and the release build.
package final class SupervisedGroup: Sendable {
    /// The folder of the checkout.
    package static let root = String(
        #filePath.dropLast("/Tests/TestSupport/SupervisedGroup.swift".count))

    package let port: UInt16
    private let folder: TemporaryFolder
    private let environment: [String: String]

    /// Prepares a group; nothing runs before `start`.
    package init() throws {
        folder = try TemporaryFolder()
        port = try Listener.freePort()
        environment = [
            "PATH": getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin",
            "HOME": folder.path, "GATEWAY_STATE_DIR": folder.file("state"),
            "GATEWAY_LISTEN": "127.0.0.1:\(port)",
        ]
    }

    /// Whether `run.sh` would start at once what is built: to build is not for a test to do.
    package static func isBuilt() async -> Bool {
        let newer = try? await runToEnd(
            "/usr/bin/find",
            [
                "\(root)/Package.swift", "\(root)/Sources", "-path",
                "\(root)/Sources/Tools/RunScript", "-prune", "-o", "-newer",
                "\(root)/.build/run.sh.built", "-print", "-quit",
            ], environment: [:])
        return newer?.ended == .exited(0) && newer?.output == ""
    }

    /// Runs `run.sh` to its end.
    package func command(
        _ arguments: String..., settings: [String: String] = [:]
    ) async throws -> CommandResult { try await command(arguments, settings: settings) }

    package func command(
        _ arguments: [String], settings: [String: String] = [:]
    ) async throws -> CommandResult {
        try await runToEnd(
            "/bin/bash", ["\(Self.root)/run.sh"] + arguments,
            environment: environment.merging(settings) { $1 })
    }

    /// A file of the state directory.
    package func file(_ name: String) -> String { folder.file("state/\(name)") }

    /// The text of a file of the state directory, without the line end.
    package func text(_ name: String) throws -> String {
        let text = String(decoding: try contents(of: file(name)), as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// The pid of supervisord.
    package func supervisor() throws -> pid_t? { pid_t(try text("run/supervisord.pid")) }

    /// The pids of supervisord and of what it runs, by the names of the programs.
    ///
    /// - Throws: `SystemError` when there is no supervisord.
    package func processes() throws -> [String: pid_t] {
        guard let supervisor = try supervisor() else { throw SystemError("supervisord", ESRCH) }
        var found = ["supervisord": supervisor]
        for pid in entries("/proc").compactMap({ pid_t($0) }) {
            // One that has ended meanwhile is none of them.
            guard let text = try? contents(of: "/proc/\(pid)/status") else { continue }
            let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
            guard lines.contains("PPid:\t\(supervisor)"), let name = lines.first?.dropFirst(6)
            else { continue }
            found[String(name)] = pid
        }
        return found
    }

    /// The paths of all files of the state directory.
    package func stateFiles() -> [String] { files(folder.file("state")) }

    /// Asks over a connection of its own.
    package func ask(
        _ method: String, _ path: String, _ fields: [String] = [], body: [UInt8]? = nil
    ) async throws -> HTTPAnswer {
        let port = port
        return try await blocking {
            try HTTPConnection(port: port).ask(
                method, path, ["Connection: close"] + fields, body: body)
        }
    }

    /// Ends what runs, by force if need be.
    package func end() async {
        let stopped = try? await command("stop")
        guard stopped?.ended != .exited(0), let pid = try? supervisor() else { return }
        kill(pid, SIGKILL)
    }
}
