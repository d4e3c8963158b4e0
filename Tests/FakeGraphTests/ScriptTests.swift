import JSON
import TestSupport
import Testing

/// Which request a rule decides.
@Suite("the fake Graph's rules")
struct ScriptTests {
    /// The statuses of some messages that are sent one after the other.
    private func statuses(
        _ graph: FakeGraph, _ messages: [(to: String, callback: String)]
    ) async throws -> [Int] {
        var statuses: [Int] = []
        for (to, callback) in messages {
            let body = Client.text(to: to, callback: callback)
            statuses.append(try await Client(graph: graph).send(body).status)
        }
        return statuses
    }

    private static let messages = [
        ("+43660001", "a.1"), ("+43660002", "a.2"), ("+43660001", "b.1"), ("+43660003", "a.1"),
    ]

    @Test(
        "a rule fits by order, recipient and callback data, and only while it lasts",
        arguments: [
            (GraphRule.When(order: 2), nil, [200, 403, 200, 200]),
            (.init(to: "+43660001"), nil, [403, 200, 403, 200]),
            (.init(callback: "a.1"), nil, [403, 200, 200, 403]),
            (.init(callbackPrefix: "a."), nil, [403, 403, 200, 403]),
            (.init(to: "+43660001", callback: "a.1"), nil, [403, 200, 200, 200]),
            (.init(), 2, [403, 403, 200, 200]),
            (.init(callbackPrefix: "a."), 2, [403, 403, 200, 200]),
            (.init(endpoint: .media), nil, [200, 200, 200, 200]),
            (.init(endpoint: .any), nil, [403, 403, 403, 403]),
        ] as [(GraphRule.When, Int?, [Int])])
    func fits(when: GraphRule.When, times: Int?, expected: [Int]) async throws {
        try await FakeGraph.with(tls: false) { graph in
            let rule = try await graph.add(GraphRule(when: when, times: times, .error(131031)))
            #expect(try await statuses(graph, Self.messages) == expected)
            #expect(try await graph.fitted(rule) == expected.count { $0 == 403 })
        }
    }

    @Test("the first rule that fits decides, and a rule that was taken back none")
    func decidesInOrder() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let first = try await graph.add(GraphRule(times: 1, .error(2)))
            try await graph.add(GraphRule(.error(131031)))
            #expect(try await statuses(graph, [("1", "a"), ("1", "b")]) == [503, 403])
            try await graph.removeRules(first)
            #expect(try await statuses(graph, [("1", "a")]) == [403])
            try await graph.removeRules()
            #expect(try await statuses(graph, [("1", "a")]) == [200])
        }
    }

    @Test("a throttle lasts as long as it was told to")
    func lasts() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let start = ContinuousClock.now
            try await graph.add(GraphRule(lasting: .seconds(15), .error(130429)))
            #expect(try await Client(graph: graph).send().errorCode == 130429)
            try await eventually("the throttle ends", within: .seconds(60)) {
                try await Client(graph: graph).send().status == 200
            }
            #expect(ContinuousClock.now - start > .milliseconds(14_500))
        }
    }

    @Test("a rule that makes no sense is refused with the reason")
    func refuses() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let senseless = [
                GraphRule(when: .init(to: "1"), .nothing, .unreadHang),
                GraphRule(.accept(), .unread), GraphRule(.nothing, .whole),
                GraphRule(.nothing, .hang(.seconds(1))),
            ]
            for rule in senseless {
                await #expect(throws: FakeGraph.Refused.self) { try await graph.add(rule) }
            }
            let answer = try await Client(graph: graph).send()
            #expect(answer.status == 200)
        }
    }
}
