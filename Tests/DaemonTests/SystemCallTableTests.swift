import FoundationEssentials
import Testing

@testable import Daemon

/// What of the sandbox depends on the machine, held to the kernel's own headers.
///
/// The numbers of system calls come from the headers of the machine that is built for. This looks,
/// on any machine, at the table that all newer ones share, aarch64 among them.
struct SystemCallTableTests {
    private static let sandbox = #filePath.replacing(
        "Tests/DaemonTests/SystemCallTableTests.swift", with: "Sources/Libraries/Daemon/Sandbox/")
    private static let shim = #filePath.replacing(
        "Tests/DaemonTests/SystemCallTableTests.swift", with: "Sources/System/CLinux/shim.h")

    private static func text(of path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    /// What `#define` gives to names in one of the kernel's headers.
    private static func definitions(in header: String) throws -> [Substring: Substring] {
        let lines = try text(of: "/usr/include/asm-generic/\(header)").split(separator: "\n")
        let pairs = lines.compactMap { line -> (Substring, Substring)? in
            let words = line.split(whereSeparator: \.isWhitespace)
            return words.count >= 3 && words[0] == "#define" ? (words[1], words[2]) : nil
        }
        return Dictionary(pairs) { first, _ in first }
    }

    @Test("every call that is listed for all machines is in the table of the newer ones")
    func isInTheTable() throws {
        let known = try Self.definitions(in: "unistd.h")
        let source = try Self.text(of: Self.sandbox + "SystemCall.swift")
        let parts = source.split(separator: "#if arch(x86_64)")
        #expect(parts.count == 2)
        let names = try parts[0].matches(of: Regex("SYS_([a-z0-9_]+)")).compactMap {
            $0.output[1].substring
        }
        #expect(names.count > 100)
        for name in names { #expect(known["__NR_\(name)"] != nil, "\(name)") }
    }

    @Test("calls that are made by number have the number that they have on all machines")
    func areNumbered() throws {
        let known = try Self.definitions(in: "unistd.h")
        let shim = try Self.text(of: Self.shim)
        for (name, number) in [
            ("close_range", "436"), ("landlock_create_ruleset", "444"),
            ("landlock_add_rule", "445"), ("landlock_restrict_self", "446"),
        ] {
            #expect(known["__NR_\(name)"] == Substring(number))
            #expect(shim.contains("syscall(\(number)"), "\(name)")
        }
    }

    @Test("requests to devices that are looked at have the same number on all machines")
    func namesRequests() throws {
        let known = try Self.definitions(in: "ioctls.h")
        let source = try Self.text(of: Self.sandbox + "SystemCall.swift")
        for name in ["TCGETS", "FIONREAD", "FIONBIO"] {
            let number = try #require(known[Substring(name)])
            #expect(source.contains("0x\(number.dropFirst(2)) /* \(name) */"), "\(name)")
        }
    }

    @Test("the machine is the one that the kernel tells a filter")
    func namesMachine() {
        // 64 bits, little-endian, and the number of the machine in ELF (elf(5)).
        #if arch(x86_64)
            #expect(SystemCallFilter.machine == 0xC000_0000 | 62)
        #elseif arch(arm64)
            #expect(SystemCallFilter.machine == 0xC000_0000 | 183)
        #endif
    }
}
