internal import Glibc

/// Which file a path names: device and inode, which no other file has as long as this one is open.
struct FileIdentity: Equatable {
    private let device: UInt64
    private let inode: UInt64

    /// Nil when there is nothing at `path`.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}
