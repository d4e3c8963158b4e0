internal import Digest
internal import FoundationEssentials
internal import Glibc
internal import JSON
internal import Reactor

/// Nothing could be made or written there.
struct ExportFileError: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "\(path): \(reason)" }
}

/// The folder of an export: `DIR.part` until all of it is on the disk, and for its owner alone.
struct ExportFolder {
    let path: String
    let part: String

    /// Makes it.
    ///
    /// - Throws: `ExportFileError`; nothing that is there already is touched.
    init(_ path: String) throws {
        self.path = path
        part = "\(path).part"
        guard access(path, F_OK) != 0 else {
            throw ExportFileError(path: path, reason: "it is there already; name a new folder")
        }
        guard access(part, F_OK) != 0 else {
            throw ExportFileError(
                path: part, reason: "it is left of an export that failed; remove it")
        }
        for folder in [part, "\(part)/\(Self.media)"] {
            try Self.doing("mkdir", folder) { mkdir(folder, 0o700) }
        }
    }

    /// The folder in it that has the files of messages.
    static let media = "media"

    func file(_ name: String) throws -> ExportFile { try ExportFile("\(part)/\(name)") }

    /// Takes a file away that is not to be in it.
    func remove(_ name: String) { unlink("\(part)/\(name)") }

    /// Gives it its name, once everything in it is on the disk.
    func finish() throws {
        for folder in ["\(part)/\(Self.media)", part] { try Self.sync(folder) }
        try Self.doing("rename", path) { rename(part, path) }
        let parent = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        try Self.sync(parent.isEmpty ? "." : parent)
    }

    private static func sync(_ folder: String) throws {
        let descriptor = Descriptor(
            owning: try doing("open", folder) { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
        let number = descriptor.number
        try doing("fsync", folder) { fsync(number) }
    }

    @discardableResult
    static func doing(
        _ call: String, _ path: String, _ body: () -> CInt
    ) throws -> CInt {
        do { return try checked(call, body) } catch {
            throw ExportFileError(path: path, reason: "\(error)")
        }
    }
}

/// A file of an export, which nobody had before.
final class ExportFile {
    /// Bytes that wait to be written together.
    private static let batch = 64 << 10

    private let path: String
    private let descriptor: Descriptor
    private let digest = RunningSHA256()
    private var waiting: [UInt8] = []
    private(set) var lines = 0
    private(set) var bytes = 0

    init(_ path: String) throws {
        self.path = path
        descriptor = Descriptor(
            owning: try ExportFolder.doing("open", path) {
                open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            })
    }

    /// Of all that was given to it.
    var sha256: String { digest.hex() }

    func append(line value: JSONValue) throws {
        lines += 1
        try append([UInt8](value.encoded()) + [UInt8(ascii: "\n")])
    }

    func append(_ part: some Sequence<UInt8>) throws {
        waiting += part
        if waiting.count >= Self.batch { try flush() }
    }

    /// Returns when all of it is on the disk.
    func close() throws {
        try flush()
        let number = descriptor.number
        try ExportFolder.doing("fsync", path) { fsync(number) }
    }

    private func flush() throws {
        let number = descriptor.number
        try waiting.withUnsafeBytes { all in
            digest.update(all)
            var rest = all[...]
            while !rest.isEmpty {
                let count = write(
                    number, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    throw ExportFileError(path: path, reason: "\(SystemError("write"))")
                }
                rest = rest.dropFirst(count)
            }
        }
        bytes += waiting.count
        waiting.removeAll(keepingCapacity: true)
    }
}
