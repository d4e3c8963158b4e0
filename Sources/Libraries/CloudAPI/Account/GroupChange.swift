import JSON

/// An element of `groups[]` in the four fields about groups.
package struct GroupChange: Hashable, Sendable {
    package let groupID: String
    /// Meta's word, such as `group_create` or `group_participants_add`.
    package let type: String
    /// Of the call that asked for it.
    package let requestID: String?
    package let timestamp: Int64?

    init(_ value: JSONValue) {
        groupID = value["group_id"]?.identifier ?? ""
        type = value["type"]?.nonEmptyString ?? ""
        requestID = value["request_id"]?.identifier
        timestamp = UnixSeconds.read(value["timestamp"])
    }
}
