internal import Glibc
internal import Reactor

/// A small file system of a test's own over a folder; unmounted when the test lets go of it.
///
/// Only root may mount, and not in every container: see ``canMount`` and ``canCutPower``.
package final class MountedDisk: Sendable {
    private let folder: String
    /// What holds an ext4; nil for one in memory.
    private let image: String?

    /// A file system in memory with room for so many KiB.
    ///
    /// - Throws: `Refused`.
    package init(inMemoryOver folder: String, kibibytes: Int) async throws {
        self.folder = folder
        image = nil
        try await Self.run(
            "mount", "-t", "tmpfs", "-o", "mode=700,size=\(kibibytes)k", "gateway", folder)
    }

    /// An ext4 in a file of that name, which is made.
    ///
    /// - Throws: `Refused`.
    package init(ext4In image: String, mebibytes: Int, over folder: String) async throws {
        self.folder = folder
        self.image = image
        try await Self.run("truncate", "-s", "\(mebibytes)M", image)
        try await Self.run("mkfs.ext4", "-q", "-F", image)
        try await mount()
    }

    deinit {
        // Whoever still has a file open keeps it until then.
        _ = folder.withCString { umount2($0, CInt(MNT_DETACH)) }
    }

    /// Another size of one in memory.
    package func resize(kibibytes: Int) async throws {
        try await Self.run("mount", "-o", "remount,size=\(kibibytes)k", folder)
    }

    /// Takes all the room there is but for so many KiB; `leaveRoom` gives it back.
    package func takeRoom(leaving kibibytes: Int) throws {
        var disk = statvfs()
        try checked("statvfs") { statvfs(folder, &disk) }
        let free = Int(disk.f_bavail) * Int(disk.f_frsize) - kibibytes << 10
        let file = Descriptor(
            owning: try checked("open") { open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) })
        let code = posix_fallocate(file.number, 0, max(1, free))
        guard code == 0 else { throw SystemError("posix_fallocate", code) }
    }

    package func leaveRoom() { unlink(filler) }

    private var filler: String { "\(folder)/filler" }

    // MARK: Power

    /// What was not synced by now is lost, and nothing more reaches the disk; stop who writes before.
    ///
    /// - Throws: `SystemError`.
    package func cutPower() throws {
        let root = Descriptor(
            owning: try checked("open \(folder)") {
                open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            })
        let number = root.number
        var how = Self.withoutFlush
        try checked("shut down \(folder)") { ioctl(number, Self.shutdown, &how) }
    }

    /// EXT4_IOC_SHUTDOWN and its EXT4_GOING_FLAGS_NOLOGFLUSH (fs/ext4/ext4.h).
    private static let shutdown: UInt = 0x8004_587D
    private static let withoutFlush: UInt32 = 2

    /// Power is back: mounts what reached the disk, once nobody has a file of before open.
    ///
    /// - Throws: `Refused`, `NeverHappened`.
    package func restorePower() async throws {
        try await eventually("\(folder) is free") {
            (try? await Self.run("umount", folder)) != nil
        }
        try await mount()
    }

    private func mount() async throws {
        try await Self.run("mount", "-o", "loop", image ?? "", folder)
    }

    // MARK: Whether it can be done

    /// Whether this user may mount what is in memory.
    package static func canMount() async -> Bool {
        guard let folder = try? TemporaryFolder() else { return false }
        let disk = try? await MountedDisk(inMemoryOver: folder.path, kibibytes: 64)
        return disk != nil
    }

    /// Whether there are loop devices, ext4, and a kernel that cuts its power.
    package static func canCutPower() async -> Bool {
        guard let folder = try? TemporaryFolder(), let image = try? TemporaryFolder() else {
            return false
        }
        guard
            let disk = try? await MountedDisk(
                ext4In: image.file("disk"), mebibytes: 8, over: folder.path)
        else { return false }
        return (try? disk.cutPower()) != nil
    }

    /// A program of the system said no; the text is its own.
    package struct Refused: Error, CustomStringConvertible { package let description: String }

    private static func run(_ arguments: String...) async throws {
        let result = try await runToEnd(
            "/usr/bin/env", arguments, environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
        guard result.ended == .exited(0) else {
            throw Refused(description: "\(arguments): \(result.output)")
        }
    }
}
