internal import Glibc

/// What is left on a disk.
package enum DiskSpace {
    /// Bytes that are left for the journals: whatever is less needed than they stops here.
    package static let reserve: Int64 = 1 << 30

    /// Bytes that this user may still write at `path`; nil when nobody knows.
    package static func free(at path: String) -> Int64? {
        var disk = statvfs()
        guard statvfs(path, &disk) == 0 else { return nil }
        return Int64(clamping: UInt64(disk.f_bavail) * UInt64(disk.f_frsize))
    }
}
