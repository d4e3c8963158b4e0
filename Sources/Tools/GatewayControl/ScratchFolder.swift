internal import Daemon
internal import FoundationEssentials
internal import Glibc
internal import Reactor

/// Makes a folder for what goes with the run of a command, for its owner alone.
///
/// Not in /tmp, which may be memory, where a sync costs nothing.
/// - Throws: `SystemError`.
func makeScratchFolder(_ name: String) throws -> String {
    let parent = Surroundings.own.value("TMPDIR") ?? "/var/tmp"
    var template = Array("\(parent)/\(name).XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp in \(parent)") }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
}
