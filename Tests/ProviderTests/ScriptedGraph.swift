import FoundationEssentials
import JSON
import Reactor

@testable import Provider

/// A Graph that answers as it is told, and remembers what reached it.
actor ScriptedGraph: Graph {
    /// One request that reached it.
    struct Request: Hashable, Sendable {
        let from: String
        let to: String
        /// `id.attempt`.
        let name: String

        var id: String { String(name.prefix { $0 != "." }) }
    }

    /// What it answers to the n-th request, from 0; nil leaves it hanging until `release`.
    typealias Script = @Sendable (_ number: Int, Request) -> GraphOutcome?

    private let loop: EventLoop
    private let script: Script
    private let released: Bell
    private var isReleased = false
    private let arrival: Bell
    private(set) var requests: [Request] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(on loop: EventLoop, _ script: @escaping Script = ScriptedGraph.accept) {
        self.loop = loop
        self.script = script
        released = Bell(on: loop)
        arrival = Bell(on: loop)
    }

    static let accept: Script = { number, _ in .accepted(wamid: "wamid.\(number)", waID: nil) }

    func send(_ body: Data, from phoneNumberID: String) async -> GraphOutcome {
        let value = try? JSONDecoder().decode(JSONValue.self, from: body)
        let request = Request(
            from: phoneNumberID, to: value?["to"]?.text ?? "",
            name: value?["biz_opaque_callback_data"]?.text ?? "")
        requests.append(request)
        let number = requests.count - 1
        arrival.ring()
        if let outcome = script(number, request) { return outcome }
        while !isReleased { _ = await released.wait(atMost: .seconds(60)) }
        return .accepted(wamid: "wamid.\(number)", waID: nil)
    }

    /// Lets what hangs go: accepted.
    func release() {
        isReleased = true
        released.ring()
    }

    /// Waits until that many requests have reached it.
    func arrived(_ count: Int) async -> Bool {
        while requests.count < count {
            guard await arrival.wait(atMost: .seconds(20)) else { return false }
        }
        return true
    }
}

extension GraphOutcome {
    /// A refusal with that code.
    static func refusal(_ code: Int64, status: Int = 400) -> GraphOutcome {
        .refused(GraphError(code: code, details: "code \(code)", httpStatus: status))
    }
}
