internal import CLinux
internal import Glibc
internal import Reactor
package import Wire

/// Makes the copies of one store, in its own folder, one at a time.
package actor StoreCopier {
    private let file: String
    private let place: Place
    private var isBusy = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        place.loop.asUnownedSerialExecutor()
    }

    /// `file` is relative to the state directory; what an earlier process left there is removed.
    package init(_ file: String, in place: Place) {
        self.file = file
        self.place = place
        for end in ["", "-journal"] { unlink("\(place.stateDirectory)/\(file)\(end)") }
    }

    /// Lets `copy` write to a path, if there is room for it; what it answers is told with the copy.
    ///
    /// - Throws: `Problem`: there is no copy.
    package func make(
        ofBytes size: Int64, by copy: @Sendable (_ path: String) async throws -> [AppliedJournal]?
    ) async throws -> StoreCopy {
        guard !isBusy else { throw Problem.copyUnderWay }
        isBusy = true
        defer { isBusy = false }
        let path = "\(place.stateDirectory)/\(file)"
        if let free = DiskSpace.free(at: place.stateDirectory), free < size + DiskSpace.reserve {
            throw Problem.noRoomForCopy(bytes: size)
        }
        let applied: [AppliedJournal]?
        do { applied = try await copy(path) } catch {
            place.log.error("backup.failed \(error)")
            throw Problem.copyFailed("\(error)")
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw Problem.copyFailed("\(file) is gone") }
        place.log.info("backup.made bytes=\(status.st_size)")
        return StoreCopy(file: file, bytes: Int64(status.st_size), applied: applied)
    }
}
