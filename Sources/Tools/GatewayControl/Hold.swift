internal import CLinux
internal import Daemon
internal import FoundationEssentials
internal import Glibc
internal import Reactor

/// Keeps ingress's listening socket (descriptor 0) open while ingress restarts, and never accepts.
///
/// When ingress left for wrong settings it leaves too, so that callers are refused rather than hung.
func hold(_ surroundings: Surroundings) throws -> Never {
    Signals.block([SIGTERM, SIGINT])
    endWithParent(surroundings)
    let directory = "\(try surroundings.stateDirectory())/run"
    let loop = try EventLoop()
    try Signals.watch([SIGTERM, SIGINT], on: loop) { _ in exit(Exit.done) }
    let notices = try checked("inotify_init1") { inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK)) }
    try checked("inotify_add_watch \(directory)") {
        inotify_add_watch(notices, directory, UInt32(IN_CLOSE_WRITE | IN_MOVED_TO))
    }
    try loop.watch(notices, for: .read) { _ in
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while read(notices, &bytes, bytes.count) > 0 {}
        leaveWithIngress(directory)
    }
    // It may have left before we watched.
    leaveWithIngress(directory)
    try loop.run()
    exit(Exit.ourFault)
}

private func leaveWithIngress(_ directory: String) {
    let file = URL(filePath: "\(directory)/ingress.exit")
    guard let content = try? Data(contentsOf: file),
        String(decoding: content, as: UTF8.self).hasPrefix("\(Exit.settings)")
    else { return }
    complain("ingress refused its settings; giving up the listening socket")
    exit(Exit.settings)
}
