package import JSON

/// An element of `calls[]`, or of `statuses[]` beside them.
package struct CallEvent: Hashable, Sendable {
    /// The same for all that is told of one call; empty when it was not said.
    package let id: String
    /// `connect`, `terminate`, or of a status the status.
    package let event: String
    package let person: Sender
    package let isFromUser: Bool
    package let timestamp: Int64?
    package let raw: JSONValue

    init(_ value: JSONValue, among contacts: [Sender]) {
        id = value["id"]?.identifier ?? ""
        event = (value["event"] ?? value["status"])?.nonEmptyString ?? ""
        let isStatus = value["event"] == nil
        // The direction is told since 2025; before, only people called.
        isFromUser = !isStatus && value["direction"]?.text ?? "USER_INITIATED" == "USER_INITIATED"
        person =
            isFromUser
            ? Sender(of: value, among: contacts) : Sender(addressedBy: value, among: contacts)
        timestamp = UnixSeconds.read(value["timestamp"])
        raw = value
    }
}
