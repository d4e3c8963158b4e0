internal import CLinux
internal import Glibc
internal import Reactor

/// The service manager that started this process, as far as it wants to be told how it goes: systemd's
/// `Type=notify` and `WatchdogSec` (sd_notify(3), sd_watchdog_enabled(3)).
///
/// Its socket is connected before the sandbox closes, which lets no new one be reached; a process
/// that was started otherwise tells nobody.
final class ServiceManager: Sendable {
    /// How long a word may wait for room: a manager that hangs must not hang us.
    private static let patience = timeval(tv_sec: 1, tv_usec: 0)

    /// Open as long as the process lives.
    private let socket: CInt?
    /// How long it hears nothing before it takes this process for hung; nil when it does not look.
    private let watchdog: Duration?

    /// Connects to the socket that `NOTIFY_SOCKET` names: a path, or `@` and an abstract name.
    ///
    /// - Throws: `SettingError` when it cannot be reached: a process that never says that it is ready
    ///   would be ended as one that hangs, and nobody would know why.
    init(_ surroundings: Surroundings) throws(SettingError) {
        guard let name = surroundings.value("NOTIFY_SOCKET") else {
            socket = nil
            watchdog = nil
            return
        }
        do {
            socket = try Self.connected(to: name).release()
        } catch {
            throw SettingError(
                "NOTIFY_SOCKET", "names a socket that cannot be reached (\(error))",
                cure: "it is for the service manager to set: unset it elsewhere")
        }
        watchdog = try Self.watchdog(surroundings)
    }

    private static func connected(to name: String) throws(SystemError) -> Descriptor {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        guard let first = bytes.first, [UInt8(ascii: "/"), UInt8(ascii: "@")].contains(first) else {
            throw SystemError("connect \(name)", EAFNOSUPPORT)
        }
        // A path ends with a zero; an abstract name begins with one, and its length tells its end.
        let isAbstract = first == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError("connect \(name)", ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let type = CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Descriptor(owning: try checked("socket") { Glibc.socket(AF_UNIX, type, 0) })
        let number = socket.number
        let length = MemoryLayout.size(ofValue: address.sun_family) + bytes.count
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(isAbstract ? length : length + 1))
            }
        }
        guard connected == 0 else { throw SystemError("connect \(name)") }
        var patience = patience
        setsockopt(
            number, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        return socket
    }

    private static func watchdog(_ surroundings: Surroundings) throws(SettingError) -> Duration? {
        let pid = try surroundings.integer("WATCHDOG_PID", default: 0, in: 0...Int(Int32.max))
        guard pid == 0 || pid == Int(getpid()) else { return nil }
        let microseconds = try surroundings.integer(
            "WATCHDOG_USEC", default: 0, in: 0...Int.max / 2)
        return microseconds == 0 ? nil : .microseconds(microseconds)
    }

    /// Tells that the process answers, and from then on that it still does.
    func tellReady(on loop: EventLoop) {
        tell("READY=1")
        if let watchdog { keepTelling(every: watchdog / 2, on: loop) }
    }

    /// Tells that the process ends.
    func tellStopping() { tell("STOPPING=1\nSTATUS=draining") }

    private func keepTelling(every pause: Duration, on loop: EventLoop) {
        tell("WATCHDOG=1")
        loop.after(pause) { self.keepTelling(every: pause, on: loop) }
    }

    /// What it does not hear it acts on by itself; nothing is to be done about it here.
    private func tell(_ message: String) {
        guard let socket else { return }
        var message = message
        _ = message.withUTF8 { send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
    }
}
