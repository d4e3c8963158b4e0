internal import CLinux
internal import CloudAPI
internal import Curl
internal import Digest
internal import Glibc
internal import Reactor

/// Writes a file as it comes, up to a limit, and digests it on the way.
///
/// On the loop: a part has 16 KiB at most, and to write it into the kernel's memory takes 10 to 20 µs, its digest as
/// much again, where a hop to the store's thread and back takes 95. What waits for the disk is the sync, which
/// `MediaFiles.finish` makes over there, where sends wait behind it: 60 to 90 ms for 100 MB as measured, and 5 to
/// 25 when the kernel was asked every `writeOut` bytes to begin writing out.
// Unchecked: only touched on the loop's thread, by the transfer and, before and after it, by its owner.
final class MediaSink: AnswerSink, @unchecked Sendable {
    private static let writeOut: Int64 = 4 << 20

    private let file: Descriptor
    private let limit: Int64
    private let digest = RunningSHA256()
    private var begun: Int64 = 0
    /// Bytes that came.
    private(set) var count: Int64 = 0
    /// Whether more came than may.
    private(set) var isTooLong = false
    /// Why it could not be written.
    private(set) var failure: SystemError?

    /// Writes to an empty file that is there.
    ///
    /// - Throws: `SystemError`.
    init(
        to path: String, upTo limit: Int64 = MediaLimits.longestReceived
    ) throws(SystemError) {
        self.limit = limit
        file = Descriptor(owning: try checked("open") { open(path, O_WRONLY | O_CLOEXEC) })
    }

    /// Hex.
    var sha256: String { digest.hex() }

    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard count + Int64(bytes.count) <= limit else {
            isTooLong = true
            return false
        }
        do throws(SystemError) {
            try MediaFiles.write(bytes, at: count, to: file.number)
        } catch {
            failure = error
            return false
        }
        digest.update(bytes)
        count += Int64(bytes.count)
        if count - begun >= Self.writeOut {
            // Whether it begins is the kernel's affair: the sync at the end is what counts.
            _ = clinux_begin_writing_out(file.number, begun, count - begun)
            begun = count
        }
        return true
    }
}
