internal import FoundationEssentials
internal import Glibc
internal import Reactor

/// The wall clock of processes that run with it, moved at will while they run; other clocks are left alone.
///
/// A few lines of C stand before the system's clock, and add what a file holds that they have mapped:
/// no sandbox is in their way.
package final class MovableClock: Sendable {
    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/time.h>
        #include <time.h>

        static volatile long long *offset; /* seconds */
        static int (*now)(clockid_t, struct timespec *);

        __attribute__((constructor)) static void begin(void) {
            int file = open(getenv("MOVABLE_CLOCK"), O_RDONLY | O_CLOEXEC);
            void *place = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
            if (place == MAP_FAILED) abort();
            offset = place;
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            if (!now) now = dlsym(RTLD_NEXT, "clock_gettime");
            int code = now(clock, time);
            if (!code && offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
                time->tv_sec += *offset;
            return code;
        }

        int gettimeofday(struct timeval *time, void *zone) {
            struct timespec exact;
            int code = clock_gettime(CLOCK_REALTIME, &exact);
            time->tv_sec = exact.tv_sec;
            time->tv_usec = exact.tv_nsec / 1000;
            return code;
        }

        time_t time(time_t *result) {
            struct timespec exact;
            clock_gettime(CLOCK_REALTIME, &exact);
            if (result) *result = exact.tv_sec;
            return exact.tv_sec;
        }
        """

    private let folder: TemporaryFolder

    /// Nothing is moved yet.
    ///
    /// - Throws: `SystemError`, or what the compiler said.
    package init() async throws {
        folder = try TemporaryFolder()
        try Data(Self.source.utf8).write(to: URL(filePath: folder.file("clock.c")))
        let made = try await Self.compile(
            "-shared", "-fPIC", "-O1", "-o", folder.file("clock.so"), folder.file("clock.c"))
        guard made.ended == .exited(0) else { throw CannotCompile(description: made.output) }
        try move(by: 0)
    }

    package struct CannotCompile: Error, CustomStringConvertible { package let description: String }

    /// Whether the compiler that comes with Swift is there.
    package static func canMove() async -> Bool {
        (try? await compile("--version"))?.ended == .exited(0)
    }

    private static func compile(_ arguments: String...) async throws -> CommandResult {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return try await runToEnd(
            "/usr/bin/env", ["clang"] + arguments, environment: ["PATH": path])
    }

    /// How a process is started whose clock this is.
    package var fault: Fault {
        Fault(launcher: [
            "/usr/bin/env", "LD_PRELOAD=\(folder.file("clock.so"))",
            "MOVABLE_CLOCK=\(folder.file("offset"))",
        ])
    }

    /// Sets it so many seconds before or after the machine's, at once.
    ///
    /// - Throws: `SystemError`.
    package func move(by seconds: Int64) throws {
        let file = Descriptor(
            owning: try checked("open") {
                open(folder.file("offset"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            })
        let number = file.number
        var offset = seconds
        try checked("pwrite") { pwrite(number, &offset, 8, 0) }
    }
}
