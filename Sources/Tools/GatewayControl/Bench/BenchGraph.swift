internal import HTTP1
internal import Reactor

/// Meta's part in a benchmark: takes every message at once, and counts those that come twice.
// Unchecked: only touched on the loop's thread.
final class BenchGraph: @unchecked Sendable {
    private var server: GraphServer?
    private var seen: Set<ArraySlice<UInt8>> = []
    /// Messages that came more than once.
    private(set) var repeated = 0

    var accepted: Int { seen.count }
    var port: UInt16 { server?.port ?? 0 }

    init(on loop: EventLoop) throws {
        server = try GraphServer(on: loop) { [unowned self] in answer($0) }
    }

    /// Ours goes along with each message, and is another one for each attempt.
    private static let marker = Array(#""biz_opaque_callback_data":""#.utf8)

    private func answer(_ body: [UInt8]) -> GraphServer.Reply {
        if let start = body.firstRange(of: Self.marker)?.upperBound {
            let isNew = seen.insert(body[start...].prefix { $0 != UInt8(ascii: "\"") }).inserted
            if !isNew { repeated += 1 }
        }
        return GraphServer.Reply(
            """
            {"messaging_product":"whatsapp","contacts":[{"input":"1","wa_id":"1"}],\
            "messages":[{"id":"wamid.bench\(seen.count)"}]}
            """)
    }
}
