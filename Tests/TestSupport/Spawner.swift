internal import Glibc
internal import Reactor

/// A process that was started, and the end of its standard output that reads.
struct Child: Sendable {
    let pid: pid_t
    let output: CInt
}

/// Starts programs, all from one thread that lives as long as the tests do.
///
/// A child that asks for a signal at its parent's death gets it at the death of the thread that
/// started it; one of the pool's may end at any time.
actor Spawner {
    static let shared = Result { try Spawner() }

    nonisolated let thread: ThreadExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private init() throws { thread = try ThreadExecutor() }

    /// Starts `program` with that environment and no other, but for a sanitizer's.
    ///
    /// `input` becomes its standard input (nil: nothing to read); its standard error is appended to
    /// the file `log`.
    func spawn(
        _ program: String, _ arguments: [String], environment: [String: String], input: CInt?,
        log: String
    ) throws -> Child {
        var pipe: [CInt] = [0, 0]
        try checked("pipe") { Glibc.pipe(&pipe) }
        // Nothing else of this process is started meanwhile: whoever starts does it here.
        for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(pipe[1]) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO)
        posix_spawn_file_actions_addopen(
            &actions, STDERR_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var pid: pid_t = 0
        let all = environment.merging(Sanitizer.variables) { own, _ in own }
        let texts = all.map { "\($0)=\($1)" }
        let code = withCStrings([program] + arguments) { argv in
            withCStrings(texts) { posix_spawn(&pid, program, &actions, &attributes, argv, $0) }
        }
        guard code == 0 else {
            close(pipe[0])
            throw SystemError("posix_spawn \(program)", code)
        }
        return Child(pid: pid, output: pipe[0])
    }
}

/// Lends the strings as C's list of pointers with a null behind the last.
private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let pointers = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
}
