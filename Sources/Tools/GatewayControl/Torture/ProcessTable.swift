internal import FoundationEssentials
internal import Glibc
internal import Wire

/// The processes of a supervisord, by what they are.
struct ProcessTable {
    /// What supervisord has started, or is just starting through `run.sh exec NAME`.
    enum Role: Hashable {
        case service(Service)
        /// Keeps ingress's address while ingress is away.
        case holder
    }

    private(set) var pids: [Role: pid_t] = [:]

    /// Those that live now.
    init(of supervisord: pid_t) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in names.compactMap({ pid_t($0) }) where Self.parent(of: pid) == supervisord {
            guard let role = Self.role(Self.words(of: pid)) else { continue }
            pids[role] = pid
        }
    }

    subscript(_ service: Service) -> pid_t? { pids[.service(service)] }

    /// What an argument list is of; nil when it is of something else.
    static func role(_ words: [String]) -> Role? {
        guard let program = words.first?.split(separator: "/").last.map(String.init) else {
            return nil
        }
        if program == "gatewayctl" { return .holder }
        if let service = Service(rawValue: program) { return .service(service) }
        guard let exec = words.firstIndex(of: "exec"), exec + 1 < words.count else { return nil }
        switch words[exec + 1] {
        case "ingress_0": return .service(.ingress)
        case "ingress_1": return .holder
        case let name: return Service(rawValue: name).map { .service($0) }
        }
    }

    /// The parent of a process that is no zombie.
    private static func parent(of pid: pid_t) -> pid_t? {
        guard let text = contents("/proc/\(pid)/stat") else { return nil }
        // Behind the name, which may hold blanks: state and parent. (proc(5))
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 1, fields[0] != "Z" else { return nil }
        return pid_t(fields[1])
    }

    private static func words(of pid: pid_t) -> [String] {
        contents("/proc/\(pid)/cmdline")?.split(separator: "\0").map(String.init) ?? []
    }

    private static func contents(_ path: String) -> String? {
        (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }
    }
}
