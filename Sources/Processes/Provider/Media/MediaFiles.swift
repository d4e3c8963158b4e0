internal import Daemon
internal import Digest
internal import FoundationEssentials
internal import Glibc
internal import Reactor
internal import Wire

/// The files under `provider/media`: each under a name of ours, which its row in outbox.db tells.
///
/// A file is `NAME.part` until it is whole; it takes its name after its bytes are synced, and only then does a
/// row name it. So a file that no row names is nobody's. Everything that may wait for the disk runs on the
/// thread of the store, a part of 1 MiB at a time: about as long as a commit, so that sends don't wait for more.
actor MediaFiles {
    private let directory: String
    private let executor: ThreadExecutor
    /// Bytes that are free on the disk; nil when the kernel does not say.
    private let free: @Sendable (_ directory: String) -> Int64?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Touches nothing until `open`.
    init(
        in directory: String, on executor: ThreadExecutor,
        free: @escaping @Sendable (String) -> Int64? = DiskSpace.free
    ) {
        self.directory = directory
        self.executor = executor
        self.free = free
    }

    /// Makes the folder, and drops what no row names: an upload or a download that was cut off.
    ///
    /// - Returns: those of `names` that are there.
    @discardableResult
    func open(keeping names: Set<String>) throws -> Set<String> {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let found = Set(try FileManager.default.contentsOfDirectory(atPath: directory))
        for name in found.subtracting(names) { unlink("\(directory)/\(name)") }
        return found.intersection(names)
    }

    /// A name that no file has.
    static func newName() -> String {
        Hex.encode((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }

    /// Whether `more` bytes can be taken in and still leave the journals theirs.
    func hasRoom(for more: Int64) -> Bool {
        guard let free = free(directory) else { return true }
        return free - more >= DiskSpace.reserve
    }

    // MARK: Before it is whole

    nonisolated func unfinished(_ name: String) -> String { "\(directory)/\(name).part" }

    /// Makes an empty file of mode 0600.
    ///
    /// - Throws: `SystemError`.
    func create(_ name: String) throws {
        _ = Descriptor(
            owning: try checked("open") {
                Glibc.open(unfinished(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            })
    }

    /// Writes a part of an unfinished file.
    ///
    /// - Throws: `SystemError`, `Problem` when too little would be left on the disk.
    func write(_ bytes: Data, at offset: Int64, to name: String) throws {
        guard hasRoom(for: Int64(bytes.count)) else { throw Problem.mediaStoreFull }
        let file = Descriptor(
            owning: try checked("open") {
                Glibc.open(unfinished(name), O_WRONLY | O_CLOEXEC)
            })
        let number = file.number
        try bytes.withUnsafeBytes { try MediaFiles.write($0, at: offset, to: number) }
        withExtendedLifetime(file) {}
    }

    /// Makes a whole file last and gives it its name, where it stays over a loss of power.
    ///
    /// - Throws: `SystemError`.
    func finish(_ name: String) throws {
        // An earlier try came as far as the name, and no further.
        guard access("\(directory)/\(name)", F_OK) != 0 else { return }
        let file = Descriptor(
            owning: try checked("open") { Glibc.open(unfinished(name), O_RDONLY | O_CLOEXEC) })
        let folder = Descriptor(
            owning: try checked("open") { Glibc.open(directory, O_RDONLY | O_CLOEXEC) })
        let numbers = (file.number, folder.number)
        try checked("fsync") { fsync(numbers.0) }
        try checked("rename") { rename(unfinished(name), "\(directory)/\(name)") }
        try checked("fsync") { fsync(numbers.1) }
        withExtendedLifetime(file) {}
        withExtendedLifetime(folder) {}
    }

    /// Drops a file in whatever state; one that is gone already is fine.
    func remove(_ name: String) {
        unlink(unfinished(name))
        unlink("\(directory)/\(name)")
    }

    // MARK: Afterwards

    /// Bytes of a whole file, fewer at its end; nil when the file is gone.
    ///
    /// - Throws: `SystemError`.
    func read(_ name: String, at offset: Int64, _ count: Int) throws -> Data? {
        let number = Glibc.open("\(directory)/\(name)", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            if errno == ENOENT { return nil }
            throw SystemError("open")
        }
        let file = Descriptor(owning: number)
        var bytes = Data(count: count)
        let length = try bytes.withUnsafeMutableBytes { buffer in
            var length = 0
            while length < buffer.count {
                let read = try checked("pread") {
                    pread(
                        number, buffer.baseAddress.map { $0 + length }, buffer.count - length,
                        off_t(offset) + off_t(length))
                }
                if read == 0 { break }
                length += read
            }
            return length
        }
        withExtendedLifetime(file) {}
        return bytes.prefix(length)
    }

    /// Writes all of `bytes` to an open file.
    ///
    /// - Throws: `SystemError`.
    static func write(
        _ bytes: UnsafeRawBufferPointer, at offset: Int64, to number: CInt
    ) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            done += try checked("pwrite") {
                pwrite(
                    number, bytes.baseAddress.map { $0 + done }, bytes.count - done,
                    off_t(offset) + off_t(done))
            }
        }
    }
}
