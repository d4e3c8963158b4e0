import TestSupport

/// The number that a live group sends from unless a test says otherwise.
let liveNumber = "300200100400602"

/// The token that it sends with.
let liveToken = "EAAtestToken0001"

/// Lends a live group whose Graph, and the sender of whose webhooks, is the fake one.
func withLiveGroup(
    numbers: [String] = [liveNumber], pacing: String = "off",
    provider settings: [String: String] = [:], movedBy clock: MovableClock? = nil,
    preparing: (FakeGraph) async throws -> Void = { _ in },
    _ body: (TestGroup, FakeGraph) async throws -> Void
) async throws {
    try await FakeGraph.with { graph in
        try await withGroup(auth: .token, settings: ["GATEWAY_MODE": "live"]) { group in
            group.provider.set("WHATSAPP_ACCESS_TOKEN", liveToken)
            group.provider.set("WHATSAPP_PHONE_NUMBER_ID", numbers.joined(separator: ","))
            group.provider.set("WHATSAPP_API_VERSION", "v26.0")
            group.provider.set("WHATSAPP_GRAPH_URL", graph.url)
            group.provider.set("GATEWAY_GRAPH_CA_FILE", graph.caFile)
            group.provider.set("GATEWAY_PACING", pacing)
            try await graph.setWebhook(
                url: "http://127.0.0.1:\(group.listener.port)/api/whatsapp/webhook",
                appSecret: TestGroup.appSecret, tries: 50)
            for (name, value) in settings { group.provider.set(name, value) }
            try await preparing(graph)
            for process in group.all { try await process.start(with: clock?.fault) }
            try await body(group, graph)
        }
    }
}
