package import Glibc
internal import Reactor

/// Made secrets that are recognised wherever they lie.
package struct Canaries: Sendable {
    /// By the names of their settings.
    package let values: [String: String]

    /// Rare in what is not text; letters and digits, so that every setting takes them.
    private static let beginning = "ZQXJ"

    /// Makes one for each of the settings.
    package init(_ names: [String]) {
        values = Dictionary(
            uniqueKeysWithValues: names.map { name in
                let random = (0..<3).map { _ in String(UInt64.random(in: .min ... .max), radix: 16)
                }
                return (name, Self.beginning + random.joined())
            })
    }

    package subscript(_ name: String) -> String { values[name] ?? "" }

    /// The names of those that are in the bytes.
    package func found(in bytes: [UInt8]) -> Set<String> {
        bytes.withUnsafeBytes { found(in: $0) }
    }

    private func found(in bytes: UnsafeRawBufferPointer) -> Set<String> {
        guard let start = bytes.baseAddress else { return [] }
        var found: Set<String> = []
        let end = start + bytes.count
        var next = start
        while next < end,
            let place = memchr(next, CInt(UInt8(ascii: "Z")), end - next).map(UnsafeRawPointer.init)
        {
            next = place + 1
            let start = Self.beginning.utf8.count
            guard end - place >= start, memcmp(place, Self.beginning, start) == 0 else { continue }
            for (name, value) in values {
                let length = value.utf8.count
                if end - place >= length, memcmp(place, value, length) == 0 { found.insert(name) }
            }
        }
        return found
    }

    /// The names of those in the memory of a process, as only root may read it.
    ///
    /// - Throws: `SystemError` when it is not there or may not be read.
    package func found(inMemoryOf pid: pid_t) throws -> Set<String> {
        let path = "/proc/\(pid)/mem"
        let memory = Descriptor(
            owning: try checked("open \(path)") { open(path, O_RDONLY | O_CLOEXEC) })
        let maps = String(decoding: try contents(of: "/proc/\(pid)/maps"), as: UTF8.self)
        var found: Set<String> = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        let overlap = values.values.map(\.utf8.count).max() ?? 0
        for line in maps.split(separator: "\n") {
            let words = line.split(separator: " ")
            let ends = words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            // [vvar] and [vsyscall] are the kernel's.
            guard words[1].hasPrefix("r"), ends.count == 2, ends[1] < 1 << 63,
                !line.contains("[v")
            else { continue }
            var position = ends[0]
            while position < ends[1] {
                let wanted = min(buffer.count, Int(ends[1] - position))
                let count = pread(memory.number, &buffer, wanted, off_t(position))
                // Pages that are not there, such as those behind the end of a mapped file.
                guard count > 0 else { break }
                found.formUnion(self.found(in: Array(buffer[..<count])))
                position += UInt64(count)
                if position < ends[1], count > overlap { position -= UInt64(overlap) }
            }
        }
        return found
    }
}
