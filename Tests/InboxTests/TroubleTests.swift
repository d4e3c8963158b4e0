import CloudAPI
import JSON
import SQLite
import Testing
import Wire

@testable import Inbox

@Suite("The account's troubles last until Meta tells the opposite")
struct TroubleTests {
    private func template(_ event: String) -> JSONValue {
        Sample.account(
            "message_template_status_update",
            [
                "event": .string(event), "message_template_id": 910_020_030_040_050_061,
                "message_template_name": "order_ready", "message_template_language": "de",
            ])
    }

    private func troubles(
        _ bodies: [(time: Int64, change: JSONValue)], now: Int64 = Sample.startAt
    ) async throws -> [AccountAlarm.Kind: [String]] {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        for (index, body) in bodies.enumerated() {
            journal.add(
                .webhook, Sample.body(at: body.time, body.change),
                at: Sample.startAt + Int64(index))
        }
        try await inbox.append(journal.whole())
        return try await inbox.store.troubles(now: now)
    }

    @Test("of a template's events the last by Meta's clock counts, in any order of arrival")
    func lastCounts() async throws {
        let paused = (time: Sample.start, change: template("PAUSED"))
        let approved = (time: Sample.start + 60, change: template("APPROVED"))
        #expect(
            try await troubles([paused]) == [
                .templateStopped: ["template order_ready (de) is PAUSED."]
            ])
        #expect(try await troubles([paused, approved]).isEmpty)
        #expect(try await troubles([approved, paused]).isEmpty)
        let again = (time: Sample.start + 90, change: template("PAUSED"))
        #expect(
            try await troubles([again, approved, paused]).keys.map(\.self) == [.templateStopped])
    }

    @Test("a restriction ends when it ends, and a touched PIN is shown for a week")
    func ends() async throws {
        let restriction = Sample.account(
            "account_update",
            [
                "event": "ACCOUNT_RESTRICTION",
                "restriction_info": [
                    [
                        "restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING",
                        "expiration": .integer(Sample.start + 100),
                    ]
                ],
            ])
        let bodies = [(time: Sample.start, change: restriction)]
        #expect(
            try await troubles(bodies, now: (Sample.start + 99) * 1_000).keys.map(\.self) == [
                .accountBlocked
            ])
        #expect(try await troubles(bodies, now: (Sample.start + 100) * 1_000).isEmpty)
        let pin = [
            (
                time: Sample.start,
                change: Sample.account(
                    "security", ["display_phone_number": "49", "event": "PIN_CHANGED"])
            )
        ]
        let week: Int64 = 7 * 86_400
        #expect(try await troubles(pin, now: (Sample.start + week - 1) * 1_000).count == 1)
        #expect(try await troubles(pin, now: (Sample.start + week) * 1_000).isEmpty)
    }

    @Test("what is shown names the newest three, and counts the rest")
    func briefly() {
        let condition = Condition.trouble(.qualityLow, ["a.", "b.", "c.", "d."])
        #expect(condition.code == "quality_low")
        #expect(condition.message == "b. c. d. And 1 more.")
        for kind in AccountAlarm.Kind.allCases {
            #expect(Condition.trouble(kind, ["a."]).code == kind.rawValue)
        }
        #expect(Condition.unknownNames([]) == nil)
        #expect(
            Condition.unknownNames([("type", "hologram", 3)])?.message
                == "Meta sent what this release does not know: type hologram (3 times).")
    }

    @Test("names that are new are counted once for each message that has them")
    func unknownNames() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        let hologram = Sample.message("hologram", ["depth": 3], wamid: "wamid.1")
        try await inbox.receive(
            hologram, hologram, Sample.message("hologram", nil, wamid: "wamid.2"),
            Sample.message("text", ["body": "a"], wamid: "wamid.3", ["colour": "blue"]),
            Sample.account("teleportation_update", ["to": "Wien"]), journal: &journal)
        let names = try await inbox.store.unknownNames()
        #expect(
            names.map { "\($0.place) \($0.name) \($0.count)" } == [
                "type hologram 2", "field teleportation_update 1", "message colour 1",
            ])
        #expect(try await inbox.count("unparsed") == 0)
        #expect(try await inbox.store.figures()["unparsed"] == 0)
        let raw = try await inbox.store.inspect { sql in
            try sql.database.prepare("SELECT raw FROM messages WHERE wamid = 'wamid.3'")
                .first { $0.text(0) }
        }
        #expect(raw?.contains(#""colour":"blue""#) == true)
    }
}
