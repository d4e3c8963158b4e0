import FoundationEssentials
import Glibc
import Reactor
import TestSupport
import Testing
import Wire

@testable import IPC

@Suite("The directory of the sockets", .timeLimit(.minutes(1)))
struct SocketDirectoryTests {
    @Test("may have a path that is longer than a socket's address")
    func longPath() async throws {
        try await onLoop { loop in
            let group = try Group(
                on: loop, below: "/" + String(repeating: "d", count: 200) + "/run")
            let server = try await group.serve(TestResponder(on: loop))
            let answer = try await group.client().ask(Echo("far"), within: .seconds(5))
            #expect(answer.body == Data("far".utf8))
            await server.close()
        }
    }

    @Test("has its sockets for this user alone, and leaves the process's own mask as it was")
    func modes() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let before = umask(0)
            umask(before)
            let listener = try group.sockets.listen("a.sock")
            let after = umask(before)
            var status = stat()
            #expect(stat("\(group.path)/a.sock", &status) == 0)
            #expect(status.st_mode & S_IFMT == S_IFSOCK)
            #expect(status.st_mode & 0o777 == 0o600)
            #expect(after == before)
            withExtendedLifetime(listener) {}
        }
    }

    @Test("replaces a socket whose owner died, which until then refuses")
    func stale() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            close(try group.sockets.listen(Service.signer.socket).release())
            #expect(throws: SystemError("connect signer.sock", ECONNREFUSED)) {
                _ = try group.sockets.connect(Service.signer.socket).release()
            }
            let server = try await group.serve(TestResponder(on: loop))
            let answer = try await group.client().ask(Echo("new"), within: .seconds(5))
            #expect(answer.body == Data("new".utf8))
            await server.close()
        }
    }

    @Test("that is not there is an error, and so is a socket that is not")
    func missing() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            #expect(throws: SystemError("open /nonexistent", ENOENT)) {
                try SocketDirectory("/nonexistent")
            }
            #expect(throws: SystemError("connect none.sock", ENOENT)) {
                _ = try group.sockets.connect("none.sock").release()
            }
        }
    }
}
