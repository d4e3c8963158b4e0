import CloudAPI
import FoundationEssentials
import Testing
import JSON

/// Whatever stands in one element, nothing crashes and its neighbours are kept.
struct MutationTests {
    /// Each is put in the place of each property; nil takes it out.
    private static let replacements: [JSONValue?] = [
        nil, .null, -1, 1.5, "", "x", "AT.", true, [], [.null, 1, "x", [], [:]], [:],
        ["type": "text"],
    ]

    /// All values that come of replacing one part of `value`, at any depth.
    private func mutations(of value: JSONValue) -> [JSONValue] {
        var result: [JSONValue] = []
        switch value {
        case .object(let members):
            for (name, member) in members {
                var changed = members
                for replacement in Self.replacements {
                    changed[name] = replacement
                    result.append(.object(changed))
                }
                for mutation in mutations(of: member) {
                    changed[name] = mutation
                    result.append(.object(changed))
                }
            }
        case .array(let elements):
            for index in elements.indices {
                var changed = elements
                for replacement in Self.replacements {
                    changed[index] = replacement ?? .null
                    result.append(.array(changed))
                }
                for mutation in mutations(of: elements[index]) {
                    changed[index] = mutation
                    result.append(.array(changed))
                }
            }
        default: break
        }
        return result
    }

    @Test(
        "any part of an entry may be missing or weird; a good entry before and after it is kept",
        arguments: Fixture.all)
    func neighboursSurvive(fixture: Fixture) throws {
        let decoder = JSONDecoder()
        let body = try decoder.decode(JSONValue.self, from: fixture.body)
        let good = try decoder.decode(JSONValue.self, from: try Fixture("text").body)
        let neighbour = try #require(good["entry"]?.elements?.first)
        let expected = try #require(try WebhookPayload.updates(in: good).first)
        for entry in body["entry"]?.elements ?? [] {
            for mutation in mutations(of: entry) {
                let batch: JSONValue = [
                    "object": "whatsapp_business_account",
                    "entry": .array([neighbour, mutation, neighbour]),
                ]
                let updates = try WebhookPayload.updates(in: batch)
                let survived = updates.first == expected && updates.last == expected
                #expect(survived, "\(String(decoding: mutation.encoded(), as: UTF8.self))")
                for update in updates { touch(update) }
            }
        }
    }

    @Test(
        "a weird element costs no other element of its own list",
        arguments: Fixture.all.filter { $0.name != "foreign" })
    func siblingsSurvive(fixture: Fixture) throws {
        let body = try JSONDecoder().decode(JSONValue.self, from: fixture.body)
        for list in ["messages", "statuses"] {
            let changes = body["entry"]?.elements?.first?["changes"]?.elements
            guard var value = changes?.first?["value"]?.members,
                let element = value[list]?.elements?.first
            else { continue }
            let good = element
            for mutation in mutations(of: element) {
                value[list] = [good, mutation, good]
                let batch: JSONValue = [
                    "object": "whatsapp_business_account",
                    "entry": [
                        ["id": "1", "changes": [["field": "messages", "value": .object(value)]]]
                    ],
                ]
                let updates = try WebhookPayload.updates(in: batch)
                #expect(updates.count >= 3)
                #expect(updates.first?.dedupeKey == updates[2].dedupeKey)
                #expect(!updates.contains { if case .account = $0 { true } else { false } })
            }
        }
    }

    /// All that is derived from an update, so that a trap in it is found.
    private func touch(_ update: Update) {
        _ = update.dedupeKey
        switch update {
        case .message(let message): touch(message)
        case .appMessage(let past): touch(past.message)
        case .account(let event):
            _ = event.alarm
            _ = event.isKnown
        case .status, .errors, .foreign, .malformed: break
        }
    }

    private func touch(_ message: InboundMessage) {
        #expect(!message.listText.isEmpty)
        _ = message.opensWindow
        _ = message.shownContent
        _ = message.sharedOwnNumber
    }
}
