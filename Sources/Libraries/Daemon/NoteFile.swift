internal import Glibc
package import Reactor

/// A small file that is held open and written over in place, without a sync: for what may be lost.
package struct NoteFile: ~Copyable {
    private let file: Descriptor

    /// Opens it, and makes it for this user alone when it is not there.
    package init(_ path: String) throws(SystemError) {
        file = Descriptor(
            owning: try checked("open \(path)") {
                open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            })
    }

    /// The first `limit` bytes of it as text; empty when it cannot be read.
    package func text(upTo limit: Int) -> String {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = pread(file.number, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// Puts that text in its place.
    ///
    /// - Throws: `SystemError`, as when the disk is full; what it holds then is some of both.
    package func write(_ text: String) throws(SystemError) {
        var text = text
        let number = file.number
        let count = text.utf8.count
        let written = try checked("write") {
            CInt(text.withUTF8 { pwrite(number, $0.baseAddress, $0.count, 0) })
        }
        guard Int(written) == count else { throw SystemError("write", ENOSPC) }
        try checked("ftruncate") { ftruncate(number, off_t(count)) }
    }
}
