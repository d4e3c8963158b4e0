import Glibc
import TestSupport
import Testing

/// Somebody of another user's at the sockets between the processes.
@Suite(
    "strangers at the sockets", .serialized,
    .enabled("only root can be another user") { geteuid() == 0 })
struct StrangerTests {
    private static let nobody = 65_534

    /// Says hello as a peer would, as another user; prints what came back, or why it could not connect.
    private static let visit = """
        import json, os, socket, sys
        os.setgroups([]); os.setgid(\(nobody)); os.setuid(\(nobody))
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(10)
        try: line.connect(sys.argv[1])
        except OSError as error: print(error.strerror); sys.exit()
        hello = json.dumps({"jsonrpc": "2.0", "id": 0, "method": "process.hello", "params": {}}).encode()
        try:
            line.sendall(len(hello).to_bytes(4, "big") + hello)
            print(line.recv(100))
        except ConnectionError: print(b"")
        """

    @Test(
        "they cannot reach a socket; where the folders let them, they are hung up on and named",
        arguments: [GatewayProcess.Name.signer, .provider, .inbox])
    func areDenied(name: GatewayProcess.Name) async throws {
        try await withGroup { group in
            try await group.start()
            let path = group.folder.file("run/\(name.rawValue).sock")
            #expect(try await Self.visit(path) == "Permission denied\n")
            for (path, mode) in [
                (group.folder.path, 0o711), (group.folder.file("run"), 0o711), (path, 0o666),
            ] { #expect(chmod(path, mode_t(mode)) == 0) }
            #expect(try await Self.visit(path) == "b''\n")
            try await eventually("it is said") {
                group[name].log.contains("ipc.denied uid=\(Self.nobody)")
            }
            try await group.workOnce("after")
        }
    }

    private static func visit(_ path: String) async throws -> String {
        try await runToEnd("/usr/bin/python3", ["-c", visit, path], environment: [:]).output
    }
}
