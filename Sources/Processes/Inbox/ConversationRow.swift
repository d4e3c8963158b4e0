internal import CloudAPI
internal import SQLite
internal import Wire

/// A row of `conversations`.
struct ConversationRow: Equatable {
    var id: String
    var phoneNumberID: String
    /// The key of the person or group.
    var party: String
    var lastAt: Int64 = 0
    var lastText = ""
    var lastType = ""
    var lastDirection = ""
    /// Meta's time of the newest message that opened the window; 0: none did.
    var windowAt: Int64 = 0
    /// Messages from the person that came after `read`.
    var unread: Int64 = 0
    var read = Moment.distantPast
    /// Until when Meta charges nothing, in milliseconds of its clock; 0: never.
    var freeUntil: Int64 = 0

    /// How long everything is free after an answer to somebody who came by an ad, in milliseconds.
    static let freeLength: Int64 = 72 * 60 * 60 * 1_000

    init(id: String, phoneNumberID: String, party: String) {
        self.id = id
        self.phoneNumberID = phoneNumberID
        self.party = party
    }

    /// Reads all columns, in the order of the table.
    init(_ row: borrowing Row) {
        self.init(id: row.text(0), phoneNumberID: row.text(1), party: row.text(2))
        lastAt = row.integer(3)
        lastText = row.text(4)
        lastType = row.text(5)
        lastDirection = row.text(6)
        windowAt = row.integer(7)
        unread = row.integer(8)
        read = Moment(at: row.integer(9), seq: row.integer(10))
        freeUntil = row.integer(11)
    }

    /// The conversation as readers see it at `now` (wall clock, milliseconds).
    func conversation(with profile: Profile, at now: Int64) -> Conversation {
        let expiresAt = windowAt == 0 ? nil : windowAt + ServiceWindow.length
        let group =
            PartyKey.isGroup(party) ? String(party.dropFirst(PartyKey.group("").count)) : nil
        let phone = profile.phone.value.orNil.map { "+" + $0 }
        return Conversation(
            id: id, phoneNumberID: phoneNumberID,
            contact: group ?? phone ?? profile.userID.value, userID: profile.userID.value.orNil,
            username: profile.username.value.orNil, groupID: group,
            name: profile.name.value.orNil, lastMessageText: lastText.orNil,
            lastMessageType: lastType.orNil, lastMessageAt: Timestamp(milliseconds: lastAt),
            lastDirection: Direction(rawValue: lastDirection), unreadCount: Int(unread),
            marketingOptOut: profile.marketing.value == "stop",
            window: .init(
                open: expiresAt.map { now < $0 } ?? false,
                expiresAt: expiresAt.map { Timestamp(milliseconds: $0) },
                freeEntryPointExpiresAt: freeUntil == 0 ? nil : Timestamp(milliseconds: freeUntil)))
    }
}
