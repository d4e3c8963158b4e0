package import FoundationEssentials
internal import Glibc

/// A small file that nobody but this user may read or write, as one with a secret is.
package enum PrivateFile {
    /// Why it is not read.
    package enum Trouble: Error, Hashable {
        case unreadable(CInt)
        case noFile
        case ofOthers
        /// Others may read or write it.
        case shared
        case tooLong(limit: Int)

        /// What is wrong, as in `the file is a folder`.
        package var problem: String {
            switch self {
            case .unreadable(let error): "cannot be read (\(String(cString: strerror(error))))"
            case .noFile: "is no file"
            case .ofOthers: "belongs to another user"
            case .shared: "others may read or write"
            case .tooLong(let limit): "is longer than \(limit) bytes"
            }
        }

        /// What to do.
        package var cure: String {
            switch self {
            case .unreadable, .noFile: "give the path of a file of this user's"
            case .ofOthers: "chown it to this user"
            case .shared: "chmod 600 it"
            case .tooLong: "put nothing else into it"
            }
        }
    }

    /// Which file it is, and in what state: another one for whatever is done to it or put in its place.
    package struct Stamp: Hashable, Sendable {
        private let device: UInt
        private let file: UInt
        private let size: Int64
        /// When anything of it was changed, its owner and its mode too.
        private let seconds: Int
        private let nanoseconds: Int

        fileprivate init(_ status: stat) {
            device = UInt(status.st_dev)
            file = UInt(status.st_ino)
            size = Int64(status.st_size)
            seconds = status.st_ctim.tv_sec
            nanoseconds = status.st_ctim.tv_nsec
        }
    }

    /// What lies at that path; nil when nothing does, or nothing that can be looked at.
    package static func stamp(of path: String) -> Stamp? {
        var status = stat()
        return stat(path, &status) == 0 ? Stamp(status) : nil
    }

    /// Reads all of it.
    ///
    /// What is checked is what is read: the file is opened first.
    package static func read(
        _ path: String, upTo limit: Int
    ) throws(Trouble) -> (content: Data, stamp: Stamp) {
        // Without waiting: a pipe that nobody writes to is no file.
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { throw .unreadable(errno) }
        defer { close(number) }
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .unreadable(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .noFile }
        guard status.st_uid == geteuid() || status.st_uid == 0 else { throw .ofOthers }
        guard status.st_mode & 0o077 == 0 else { throw .shared }
        guard status.st_size <= limit else { throw .tooLong(limit: limit) }
        var content = Data(count: Int(status.st_size))
        var filled = 0
        while filled < content.count {
            let count = content.withUnsafeMutableBytes {
                Glibc.read(number, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(errno) }
            // Somebody makes it shorter just now: what is here is judged by whoever reads it.
            guard count > 0 else { break }
            filled += count
        }
        return (content.prefix(filled), Stamp(status))
    }
}
