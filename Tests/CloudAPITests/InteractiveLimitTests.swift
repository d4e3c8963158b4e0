import CloudAPI
import JSON
import Testing

/// Meta's limits of interactive messages, at n and n + 1.
struct InteractiveLimitTests {
    private func refusal(_ type: String, _ members: [String: JSONValue]) -> OutboundError? {
        do {
            _ = try OutboundContent.interactive(OutboundRequestTests.interactive(type, members))
                .object()
            return nil
        } catch { return error }
    }

    private func text(_ length: Int) -> JSONValue { .string(String(repeating: "ä", count: length)) }

    private func buttons(_ replies: [(id: JSONValue, title: JSONValue)]) -> [String: JSONValue] {
        let buttons = replies.map { reply -> JSONValue in
            ["type": "reply", "reply": ["id": reply.id, "title": reply.title]]
        }
        return ["action": ["buttons": .array(buttons)]]
    }

    @Test("one to three buttons, their ids and titles short and unlike")
    func replyButtons() {
        #expect(refusal("button", buttons([("a", "A"), ("b", "B"), ("c", "C")])) == nil)
        #expect(
            refusal("button", buttons([("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]))?.field
                == "interactive.action.buttons")
        #expect(refusal("button", buttons([]))?.field == "interactive.action.buttons")
        #expect(refusal("button", buttons([(text(256), text(20))])) == nil)
        #expect(
            refusal("button", buttons([("a", text(21))]))
                == .tooLong(
                    field: "interactive.action.buttons[0].reply.title", limit: 20, actual: 21))
        #expect(
            refusal("button", buttons([(text(257), "A")]))?.field
                == "interactive.action.buttons[0].reply.id")
        #expect(
            refusal("button", buttons([("a", "A"), ("a", "B")]))?.field
                == "interactive.action.buttons[1].reply.id")
        #expect(
            refusal("button", buttons([("a", "A"), ("b", "A")]))?.field
                == "interactive.action.buttons[1].reply.title")
    }

    @Test("words around the action have their limits")
    func words() {
        func around(_ name: String, _ value: JSONValue) -> String? {
            refusal("button", buttons([("a", "A")]).merging([name: value]) { _, new in new })?
                .field
        }
        #expect(around("body", ["text": text(1024)]) == nil)
        #expect(around("body", ["text": text(1025)]) == "interactive.body.text")
        #expect(around("footer", ["text": text(60)]) == nil)
        #expect(around("footer", ["text": text(61)]) == "interactive.footer.text")
        #expect(around("header", ["type": "text", "text": text(60)]) == nil)
        #expect(around("header", ["type": "text", "text": text(61)]) == "interactive.header.text")
        #expect(
            around("header", ["type": "image", "image": ["id": "1", "link": "https://a.example"]])
                == "interactive.header.image.id")
        #expect(
            refusal(
                "list",
                ["action": OutboundRequestTests.rows, "header": ["type": "image", "image": [:]]])?
                .field == "interactive.header.type")
    }

    private func list(_ sections: [(title: String?, rows: Int)]) -> [String: JSONValue] {
        var id: Int64 = 0
        let all = sections.map { section -> JSONValue in
            let rows = (0..<section.rows).map { _ -> JSONValue in
                id += 1
                return ["id": .string("\(id)"), "title": "x"]
            }
            var members: [String: JSONValue] = ["rows": .array(rows)]
            if let title = section.title { members["title"] = .string(title) }
            return .object(members)
        }
        return ["action": ["button": "Slots", "sections": .array(all)]]
    }

    @Test("a list has ten rows in all, and titles as soon as it has two sections")
    func rows() {
        #expect(refusal("list", list([(nil, 10)])) == nil)
        #expect(refusal("list", list([("a", 5), ("b", 5)])) == nil)
        #expect(
            refusal("list", list([("a", 5), ("b", 6)]))?.field == "interactive.action.sections")
        #expect(
            refusal("list", list([("a", 1), (nil, 1)]))?.field
                == "interactive.action.sections[1].title")
        #expect(
            refusal("list", list([(nil, 0)]))?.field == "interactive.action.sections[0].rows")
        #expect(
            refusal("list", list([(String(repeating: "a", count: 25), 1)]))?.field
                == "interactive.action.sections[0].title")
        let twins: JSONValue = [
            "button": "x",
            "sections": [["rows": [["id": "1", "title": "x"], ["id": "1", "title": "y"]]]],
        ]
        #expect(
            refusal("list", ["action": twins])?.field
                == "interactive.action.sections[0].rows[1].id")
    }

    @Test("a flow is named by id or name, and has a screen to begin with")
    func flow() {
        func flow(_ changes: [String: JSONValue]) -> String? {
            let base = OutboundRequestTests.flow["parameters"]?.members ?? [:]
            let parameters = base.merging(changes) { _, new in new }.filter { $0.value != .null }
            return refusal(
                "flow", ["action": ["name": "flow", "parameters": .object(parameters)]])?
                .field
        }
        let path = "interactive.action.parameters"
        #expect(flow([:]) == nil)
        #expect(flow(["flow_name": "x"]) == "\(path).flow_id")
        #expect(flow(["flow_id": .null]) == "\(path).flow_id")
        #expect(flow(["flow_id": .null, "flow_name": "x"]) == nil)
        #expect(flow(["flow_cta": text(21)]) == "\(path).flow_cta")
        #expect(flow(["flow_action_payload": .null]) == "\(path).flow_action_payload.screen")
        #expect(flow(["flow_action_payload": .null, "flow_action": "data_exchange"]) == nil)
        #expect(
            flow(["flow_action_payload": ["screen": "A", "data": [:]]])
                == "\(path).flow_action_payload.data")
    }

    @Test("a carousel has two to ten cards of one kind")
    func carousel() {
        func cards(_ cards: [JSONValue]) -> String? {
            refusal("carousel", ["action": ["cards": .array(cards)]])?.field
        }
        #expect(cards((0..<10).map { OutboundRequestTests.card($0) }) == nil)
        #expect(cards([OutboundRequestTests.card(0)]) == "interactive.action.cards")
        #expect(
            cards((0..<11).map { OutboundRequestTests.card($0) }) == "interactive.action.cards")
        var other = OutboundRequestTests.card(1).members ?? [:]
        other["header"] = ["type": "video", "video": ["id": "1"]]
        #expect(
            cards([OutboundRequestTests.card(0), .object(other)]) == "interactive.action.cards[1]")
    }
}
