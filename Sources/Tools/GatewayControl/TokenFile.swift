internal import Daemon
internal import FoundationEssentials
internal import Glibc
internal import Reactor
internal import Wire

/// The list of API tokens on the disk, as its one writer.
///
/// A new list is written beside the old one, synced and put in its place in one step, so that whoever
/// reads it, and whatever ends this tool, there is the old one or the new one.
struct TokenFile {
    /// What is wrong with what is there, and the cure.
    struct Unusable: Error, Hashable, CustomStringConvertible {
        let description: String
    }

    private let folder: String
    private let path: String

    /// - Throws: `Unusable`: there is no state directory, or it is somebody else's.
    init(in stateDirectory: String) throws(Unusable) {
        var status = stat()
        guard stat(stateDirectory, &status) == 0 else {
            throw Unusable(description: "there is no \(stateDirectory); it is made by ./run.sh")
        }
        // A file of root's would be out of the gateway's reach.
        guard status.st_uid == geteuid() else {
            throw Unusable(
                description:
                    "\(stateDirectory) belongs to user \(status.st_uid): run this as that user")
        }
        folder = "\(stateDirectory)/signer"
        path = "\(stateDirectory)/\(TokenList.path)"
    }

    /// The list; empty while there is no file.
    ///
    /// - Throws: `Unusable`: others may read or write the file, or it is no list.
    func read() throws(Unusable) -> TokenList {
        do {
            return try TokenList(try PrivateFile.read(path, upTo: TokenList.longestFile).content)
        } catch PrivateFile.Trouble.unreadable(ENOENT) {
            return TokenList()
        } catch let trouble as PrivateFile.Trouble {
            throw Unusable(description: "\(path) \(trouble.problem); \(trouble.cure)")
        } catch {
            throw Unusable(
                description:
                    "\(path) \(error); put back a whole one, or take it away and make new tokens")
        }
    }

    /// Changes the list; two that do so at once wait for each other.
    ///
    /// - Throws: `Unusable`; `SystemError`, with the old list in place; what `change` throws.
    func change(_ change: (inout TokenList) throws -> Void) throws {
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw SystemError("mkdir \(folder)") }
        let lock = Descriptor(
            owning: try checked("open \(path).lock") {
                open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            })
        let number = lock.number
        try checked("flock \(path).lock") { flock(number, LOCK_EX) }
        var list = try read()
        try change(&list)
        try put(try list.encoded())
        withExtendedLifetime(lock) {}
    }

    private func put(_ content: Data) throws {
        let new = "\(path).new"
        // One that was cut off.
        unlink(new)
        let file = Descriptor(
            owning: try checked("open \(new)") {
                open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            })
        let number = file.number
        var rest = content[...]
        while !rest.isEmpty {
            let count = try checked("write \(new)") {
                rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
        try checked("fsync \(new)") { fsync(number) }
        try checked("rename \(new)") { rename(new, path) }
        let directory = Descriptor(
            owning: try checked("open \(folder)") {
                open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            })
        let directoryNumber = directory.number
        try checked("fsync \(folder)") { fsync(directoryNumber) }
        withExtendedLifetime(directory) {}
        withExtendedLifetime(file) {}
    }
}
