internal import Glibc

/// What a program that ran to its end said, and how it ended.
package struct CommandResult: Sendable {
    package let ended: Ended
    /// What it wrote to its standard output, and then what to its standard error.
    package let output: String
}

/// Runs a program to its end, with that environment and no other.
///
/// - Throws: `SystemError` when it cannot be started; `NeverHappened`, after killing it.
package func runToEnd(
    _ program: String, _ arguments: [String] = [], environment: [String: String],
    within limit: Duration = .seconds(60)
) async throws -> CommandResult {
    let folder = try TemporaryFolder()
    let log = folder.file("log")
    let child = try await Spawner.shared.get().spawn(
        program, arguments, environment: environment, input: nil, log: log)
    let said = try await blocking { readToEnd(of: child.output, within: limit) }
    if said == nil { kill(child.pid, SIGKILL) }
    let ended = reap(child)
    guard let said else {
        throw NeverHappened(what: "\(program) \(arguments) ends", limit: limit)
    }
    let complaints = (try? contents(of: log)) ?? []
    return CommandResult(ended: ended, output: String(decoding: said + complaints, as: UTF8.self))
}
