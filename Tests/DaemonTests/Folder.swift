import FoundationEssentials
import Glibc
import Reactor
import Synchronization

/// A directory of one test, removed with this value.
final class Folder: Sendable {
    let path: String
    private let files = Mutex(0)

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/daemon-tests-\(UUID().uuidString)"
        try checked("mkdir") { mkdir(path, 0o700) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Makes a file of that mode; answers its path.
    func write(_ content: Data, mode: mode_t = 0o600) throws -> String {
        let number = files.withLock { files in
            files += 1
            return files
        }
        let file = "\(path)/\(number)"
        try content.write(to: URL(filePath: file))
        try checked("chmod") { chmod(file, mode) }
        return file
    }

    func write(_ content: String, mode: mode_t = 0o600) throws -> String {
        try write(Data(content.utf8), mode: mode)
    }
}
