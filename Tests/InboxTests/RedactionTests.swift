import CloudAPI
import FoundationEssentials
import JSON
import Testing

@testable import Inbox

@Suite("What is taken out of a webhook")
struct RedactionTests {
    private static let phone = Sample.person
    private static let user = Sample.user
    /// All that the person of the fixtures is called by, before and after their number changed.
    private static let keys: Set = [
        PartyKey.phone(phone), PartyKey.user(user), PartyKey.user("AT.ENT.5544"),
        PartyKey.user("AT.ENT.6655"), PartyKey.user("AT.99887766554433221"),
        PartyKey.phone("436605550777"),
    ]
    /// Somebody who stays.
    private static let other = "436605550133"

    private static var redaction: Redaction { Redaction { keys.contains($0) } }

    private static func rest(_ changes: JSONValue...) throws -> JSONValue? {
        let body = try JSONValue(parsing: Sample.body(changes))
        return try redaction.rest(of: body)
    }

    private static func value(_ name: String, _ elements: JSONValue...) -> JSONValue {
        Sample.change([name: .array(elements)])
    }

    /// Without the hashes of what changes were before they lost something.
    private static func unmarked(_ webhook: JSONValue?) -> JSONValue? {
        guard let webhook, let entry = webhook["entry"]?.elements?.first else { return nil }
        let changes = entry["changes"]?.elements?.map { $0.with("erased", nil) } ?? []
        return webhook.with("entry", .array([entry.with("changes", .array(changes))]))
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "CloudAPITests/Fixtures")

    static let fixtures =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()

    @Test("no fixture names the person afterwards, whatever the place", arguments: fixtures)
    func fixture(name: String) throws {
        let payload = try JSONValue(
            parsing: try Data(contentsOf: Self.folder.appending(path: name)))
        let rest = try Self.redaction.rest(of: payload)
        let text = String(decoding: rest?.encoded() ?? Data(), as: UTF8.self)
        for address in Self.keys.map(PartyKey.address) {
            #expect(!text.contains(address), "\(text)")
        }
        #expect(!text.contains("Jana"))
    }

    @Test("a webhook that names nobody of them stays as it is", arguments: fixtures)
    func others(name: String) throws {
        let payload = try JSONValue(
            parsing: try Data(contentsOf: Self.folder.appending(path: name)))
        let redaction = Redaction { $0 == PartyKey.phone("999") }
        #expect(try redaction.rest(of: payload) == payload)
    }

    /// Where a person stands, each alone: an element of that list.
    static let places: [(list: String, element: JSONValue)] = [
        ("messages", ["from": .string(phone)]), ("messages", ["from": .string("+" + phone)]),
        ("messages", ["from": .string(user)]), ("messages", ["from_user_id": .string(user)]),
        ("messages", ["from_parent_user_id": "AT.ENT.5544"]),
        ("messages", ["from": .string(other), "to": .string(phone)]),
        (
            "messages",
            [
                "from": "1", "type": "system",
                "system": ["type": "user_changed_number", "wa_id": .string(phone)],
            ]
        ),
        ("messages", ["from": "1", "type": "system", "system": ["new_wa_id": .string(phone)]]),
        ("messages", ["from": "1", "type": "system", "system": ["user_id": .string(user)]]),
        (
            "messages",
            ["from": "1", "type": "system", "system": ["previous_user_id": .string(user)]]
        ),
        ("messages", ["from": "1", "system": ["previous_parent_user_id": "AT.ENT.5544"]]),
        ("statuses", ["id": "w", "recipient_id": .string(phone)]),
        ("statuses", ["id": "w", "recipient_id": .string(user)]),
        ("statuses", ["id": "w", "recipient_user_id": .string(user)]),
        ("statuses", ["id": "w", "recipient_parent_user_id": "AT.ENT.5544"]),
        ("statuses", ["id": "w", "parent_recipient_user_id": "AT.ENT.5544"]),
        ("statuses", ["id": "w", "recipient_participant_id": .string(phone)]),
        ("statuses", ["id": "w", "participant_recipient_id": .string(phone)]),
        ("statuses", ["id": "w", "recipient_participant_user_id": .string(user)]),
        ("statuses", ["id": "w", "participant_recipient_user_id": .string(user)]),
        ("statuses", ["id": "w", "recipient_participant_parent_user_id": "AT.ENT.5544"]),
        ("message_echoes", ["to": .string(phone)]),
        ("message_echoes", ["to_user_id": .string(user)]),
        ("message_echoes", ["to_parent_user_id": "AT.ENT.5544"]),
        ("calls", ["from": .string(phone)]), ("calls", ["to": .string(phone)]),
        ("user_preferences", ["wa_id": .string(phone)]),
        ("user_preferences", ["user_id": .string(user)]),
        ("user_preferences", ["parent_user_id": "AT.ENT.5544"]),
        ("user_id_update", ["user_id": ["previous": .string(user), "current": "AT.9"]]),
        ("user_id_update", ["user_id": ["previous": "AT.9", "current": .string(user)]]),
        ("user_id_update", ["parent_user_id": ["previous": "AT.ENT.5544"]]),
        ("state_sync", ["contact": ["phone_number": .string(phone)]]),
        ("state_sync", ["contact": ["phone_number": .string("+" + phone)]]),
        ("state_sync", ["contact": ["user_id": .string(user)]]),
        ("state_sync", ["contact": ["parent_user_id": "AT.ENT.5544"]]),
        ("groups", ["added_participants": [["wa_id": .string(phone)]]]),
        ("groups", ["removed_participants": [["user_id": .string(user)]]]),
        ("groups", ["failed_participants": [["input": .string(phone)]]]),
    ]

    @Test("each place that names them, beside somebody else", arguments: places.indices)
    func place(index: Int) throws {
        let (list, element) = Self.places[index]
        let kept: JSONValue = ["wa_id": .string(Self.other), "text": "of another"]
        let rest = try Self.unmarked(
            Self.rest(Self.value(list, element, kept), Self.value("messages", kept)))
        #expect(
            rest
                == (try? JSONValue(
                    parsing: Sample.body(Self.value(list, kept), Self.value("messages", kept)))))
        // Alone, nothing is left.
        #expect(try Self.rest(Self.value(list, element)) == nil)
    }

    @Test("an element that names nobody is of the only contact, as it is when it is read")
    func onlyContact() throws {
        let message: JSONValue = ["id": "w", "type": "text", "text": ["body": "a secret"]]
        func change(_ contacts: [JSONValue]) -> JSONValue {
            Sample.change(["contacts": .array(contacts), "messages": [message]])
        }
        let (theirs, others): (JSONValue, JSONValue) = (
            ["wa_id": .string(Self.phone)], ["wa_id": .string(Self.other)]
        )
        #expect(try Self.rest(change([theirs])) == nil)
        let rest = try Self.rest(change([others]))
        #expect(rest == (try JSONValue(parsing: Sample.body(change([others])))))
        let two = try Self.rest(change([theirs, others]))
        #expect(two == (try JSONValue(parsing: Sample.body(change([others])))))
    }

    @Test("their profile goes from beside what others wrote")
    func profile() throws {
        let others: JSONValue = ["wa_id": .string(Self.other)]
        let message: JSONValue = ["id": "w", "from": .string(Self.other)]
        for theirs in ["wa_id", "input", "user_id", "parent_user_id"] {
            let address = theirs.hasSuffix("user_id") ? "AT.ENT.5544" : "+" + Self.phone
            func change(_ contacts: [JSONValue]) -> JSONValue {
                Sample.change(["contacts": .array(contacts), "messages": [message]])
            }
            let rest = try Self.rest(change([[theirs: .string(address)], others]))
            #expect(rest == (try JSONValue(parsing: Sample.body(change([others])))))
        }
    }

    @Test("whoever answers one of theirs does not name them any more")
    func context() throws {
        let message: JSONValue = [
            "from": .string(Self.other), "context": ["from": .string(Self.phone), "id": "w"],
        ]
        let rest = try Self.rest(Self.value("messages", message))
        let expected: JSONValue = ["from": .string(Self.other), "context": ["id": "w"]]
        #expect(rest == (try JSONValue(parsing: Sample.body(Self.value("messages", expected)))))
    }

    @Test("of a group's comings and goings those of others stay, and say by what they were known")
    func participants() throws {
        func groups(_ added: [JSONValue], _ removed: [JSONValue]) -> JSONValue {
            [
                "field": "group_participants_update",
                "value": [
                    "metadata": ["phone_number_id": "1"],
                    "groups": [
                        [
                            "group_id": "g", "added_participants": .array(added),
                            "removed_participants": .array(removed),
                        ]
                    ],
                ],
            ]
        }
        let (theirs, others): (JSONValue, JSONValue) = (
            ["wa_id": .string(Self.phone)], ["wa_id": .string(Self.other)]
        )
        for (change, left) in [
            (groups([theirs, others], []), groups([others], [])),
            (groups([theirs], [others]), groups([], [others])),
        ] {
            let rest = try Self.rest(change)
            let found = rest?["entry"]?.elements?.first?["changes"]?.elements?.first
            #expect(found?["erased"]?.text?.count == 64)
            #expect(found?.with("erased", nil) == left)
            // Again, for somebody else: the hash of the whole stays.
            let nothing = try Redaction { _ in false }.rest(of: try #require(rest))
            #expect(nothing == rest)
        }
        #expect(try Self.rest(groups([theirs], [theirs])) == nil)
    }

    @Test("of chats from before, theirs go, and how far the import is stays")
    func history() throws {
        let theirs: [JSONValue] = [
            ["id": .string(Self.phone), "messages": [["id": "w1"]]],
            ["context": ["wa_id": .string(Self.phone)], "messages": [["id": "w1"]]],
            ["context": ["user_id": .string(Self.user)], "messages": [["id": "w1"]]],
        ]
        let others: JSONValue = ["id": .string(Self.other), "messages": [["id": "w2"]]]
        func change(_ threads: [JSONValue]) -> JSONValue {
            [
                "field": "history",
                "value": [
                    "metadata": ["phone_number_id": "1"],
                    "history": [["metadata": ["phase": 1], "threads": .array(threads)]],
                ],
            ]
        }
        for thread in theirs {
            let rest = try Self.rest(change([thread, others]))
            #expect(rest == (try JSONValue(parsing: Sample.body(change([others])))))
            let alone = try Self.rest(change([thread]))
            #expect(alone == (try JSONValue(parsing: Sample.body(change([])))))
        }
    }

    @Test("what is known to have gone goes by its id, whoever it names")
    func byID() throws {
        var redaction = Redaction { _ in false }
        redaction.isGone = { element, number in
            number == Sample.number && element["id"]?.text == "w1"
        }
        let body = try JSONValue(
            parsing: Sample.body(
                Self.value("statuses", ["id": "w1"], ["id": "w2"]),
                Self.value("messages", ["id": "w1"])))
        let left = try JSONValue(parsing: Sample.body(Self.value("statuses", ["id": "w2"])))
        #expect(try redaction.rest(of: body) == left)
    }

    @Test("what goes by its id takes the profile along that it was told with, unless it is needed")
    func profileByID() throws {
        var redaction = Redaction { _ in false }
        redaction.isGone = { element, _ in element["id"]?.text == "w1" }
        let profiles: [JSONValue] = [["wa_id": "1"], ["wa_id": "2"]]
        let theirs: JSONValue = ["id": "w1", "from": "1"]
        for (others, left) in [
            ([["id": "w2", "from": "2"]], [profiles[1]]),
            ([["id": "w2", "from": "2"], ["id": "w3", "from": "1"]], profiles),
        ] as [([JSONValue], [JSONValue])] {
            let body = try JSONValue(
                parsing: Sample.body(
                    Sample.change([
                        "contacts": .array(profiles), "messages": .array([theirs] + others),
                    ])))
            let expected = try JSONValue(
                parsing: Sample.body(
                    Sample.change(["contacts": .array(left), "messages": .array(others)])))
            #expect(try redaction.rest(of: body) == expected)
        }
    }

    @Test("whatever is no webhook is passed over, and never an error")
    func strangeShapes() throws {
        for text in [
            "{}", "[]", "1", #"{"entry":1}"#, #"{"entry":[]}"#, #"{"entry":[1,{"changes":1}]}"#,
            #"{"entry":[{"changes":[1,{"value":[]},{"value":{"messages":[1,null,"x"]}}]}]}"#,
        ] {
            let json = try JSONValue(parsing: Data(text.utf8))
            #expect(try Self.redaction.rest(of: json) == json)
        }
    }
}
