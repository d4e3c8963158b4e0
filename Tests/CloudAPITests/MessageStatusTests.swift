import CloudAPI
import FoundationEssentials
import Testing
import JSON

struct MessageStatusTests {
    @Test(
        "each status is told by name and by what it proves",
        arguments: [
            ("status-sent", CloudStatus.sent, DeliveryState.sent),
            ("status-delivered", .delivered, .delivered), ("status-read", .read, .read),
            ("status-played", .played, .played), ("status-failed", .failed, .failed),
            ("status-deleted", .deleted, nil), ("status-of-tomorrow", .other("teleported"), nil),
        ] as [(String, CloudStatus, DeliveryState?)])
    func statuses(fixture: String, status: CloudStatus, state: DeliveryState?) throws {
        let update = try #require(try Fixture.statuses(fixture).first)
        #expect(update.status == status)
        #expect(update.status.deliveryState == state)
        #expect(CloudStatus(name: status.name) == status)
        #expect(update.phoneNumberID == "300200100400602")
        #expect(update.recipient.id == "436605550122")
        #expect(update.recipient.participant == "")
    }

    @Test("a status brings back the caller's data and the price")
    func callbackData() throws {
        let update = try #require(try Fixture.statuses("status-sent").first)
        #expect(update.callbackData == "msg_1.1")
        #expect(update.timestamp == 1_790_000_011)
        #expect(update.pricing?["category"] == "utility")
    }

    @Test("a failure says why")
    func failure() throws {
        let error = try #require(try Fixture.statuses("status-failed").first?.errors.first)
        #expect(error.code == 131026)
        #expect(error.text == "not on WhatsApp")
        #expect(error.href == "/docs/error-codes")
        #expect(CloudError(error.payload) == error)
    }

    @Test("a group's statuses are told apart by member, and by user id before number")
    func group() throws {
        let updates = try Fixture.statuses("status-group")
        #expect(updates.map(\.recipient.isGroup) == [true, true])
        #expect(updates.map(\.recipient.participant) == ["AT.70011223344556677", "436605550133"])
        #expect(Set(updates.map { Update.status($0).dedupeKey }).count == 2)
    }

    @Test("a status of a message to a user id needs no number")
    func userID() throws {
        let recipient = try #require(try Fixture.statuses("status-bsuid").first?.recipient)
        #expect(recipient.id == nil)
        #expect(recipient.userID == "AT.70011223344556677")
    }

    @Test("merging gives the same state whatever the order, and however often")
    func merging() {
        let all = DeliveryState.allCases
        for first in all {
            #expect(DeliveryState.merging(nil, with: first) == first)
            #expect(DeliveryState.merging(first, with: first) == first)
            for second in all {
                let forth = DeliveryState.merging(first, with: second)
                #expect(forth == DeliveryState.merging(second, with: first))
                for third in all {
                    let left = DeliveryState.merging(forth, with: third)
                    let right = DeliveryState.merging(
                        first, with: DeliveryState.merging(second, with: third))
                    #expect(left == right)
                }
            }
        }
    }

    @Test(
        "failed wins over accepted and sent only",
        arguments: [
            (DeliveryState.accepted, DeliveryState.failed), (.sent, .failed),
            (.delivered, .delivered), (.read, .read), (.played, .played),
        ])
    func failed(known: DeliveryState, result: DeliveryState) {
        #expect(DeliveryState.merging(known, with: .failed) == result)
    }

    @Test("pricing, the free conversation and names that are new are kept")
    func rest() throws {
        let free = try #require(try Fixture.statuses("status-free-entry-point").first)
        #expect(free.pricing?["type"] == "free_entry_point")
        #expect(free.conversation?["origin"]?["type"] == "referral_conversion")
        #expect(free.unknownNames.isEmpty)
        let odd = try #require(try Fixture.statuses("status-property-of-tomorrow").first)
        #expect(odd.unknownNames.map(\.name) == ["weight"])
        let parent = try #require(try Fixture.statuses("status-parent-older-name").first)
        #expect(parent.recipient.parentUserID == "AT.ENT.5544")
        let group = try #require(try Fixture.statuses("status-group-older-name").first)
        #expect(group.recipient.participant == "436605550133" && group.recipient.isGroup)
    }

    @Test("each update has the key that recognises its second delivery")
    func dedupeKeys() throws {
        let text = try #require(try Fixture("text").updates().first)
        #expect(
            text.dedupeKey == .message(phoneNumberID: "300200100400602", wamid: "wamid.IN0001"))
        let sent = try #require(try Fixture("status-sent").updates().first)
        #expect(
            sent.dedupeKey
                == .status(
                    phoneNumberID: "300200100400602", wamid: "wamid.OUT0001", status: "sent",
                    participant: ""))
    }

    @Test("the key of an account event is the same for the same change, and has its time in it")
    func canonicalKey() throws {
        let change: JSONValue = ["field": "f", "value": ["b": 1, "a": 2]]
        func key(_ time: Int64?) -> DedupeKey {
            Update.account(AccountEvent(change, field: "f", wabaID: "7", time: time)).dedupeKey
        }
        let bytes = #"{"change":{"field":"f","value":{"a":2,"b":1}},"id":"7","time":5}"#
        #expect(key(5) == .canonical(Data(bytes.utf8)))
        #expect(key(6) != key(5))
        #expect(key(nil) != key(5))
    }
}
