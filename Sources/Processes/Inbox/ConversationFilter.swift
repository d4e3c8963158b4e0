internal import CloudAPI
internal import Wire

/// Which conversations a reader wants to see.
struct ConversationFilter {
    let phoneNumberID: String?
    let isUnread: Bool
    /// The person wrote later than that; -1: perhaps never.
    let windowAfter: Int64
    /// Moments of the last message, from … until before ….
    let since: Int64
    let before: Int64

    /// As of `now` (wall clock, milliseconds).
    init(_ asked: ListConversations, now: Int64) {
        phoneNumberID = asked.phoneNumberID
        isUnread = asked.only.contains(.unread)
        let isOpen = asked.only.contains(.openWindow)
        windowAfter = isOpen ? now - ServiceWindow.length : -1
        // Where the window is open, the last message is at least as new as the one that opened it.
        since = max(asked.since?.milliseconds ?? .min, isOpen ? windowAfter : .min)
        before = asked.before?.milliseconds ?? .max
    }

    /// Whether a conversation is among them whose last message was at `lastAt`.
    func admits(
        _ number: String, unread: Int64, windowAt: Int64, lastAt: Int64
    ) -> Bool {
        (phoneNumberID ?? number) == number && (!isUnread || unread > 0)
            && windowAt > windowAfter && lastAt >= since && lastAt < before
    }

    func admits(_ row: ConversationRow, lastAt: Int64) -> Bool {
        admits(row.phoneNumberID, unread: row.unread, windowAt: row.windowAt, lastAt: lastAt)
    }
}
