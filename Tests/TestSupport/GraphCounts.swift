package import JSON

/// What the fake Graph counted since its start or the last `clear`.
package struct GraphCounts: Sendable {
    package let requests, connections, accepted, errors, webhooks: Int
    /// Requests by the name of their endpoint.
    package let endpoints: [String: Int]
    /// Accepted messages by `biz_opaque_callback_data`, and by recipient as it was written.
    package let byCallback, byRecipient: [String: Int]
    /// Requests by the SHA-256 of their bearer token, in hex.
    package let tokens: [String: Int]

    init(_ json: JSONValue) {
        requests = json["requests"]?.integer ?? 0
        connections = json["connections"]?.integer ?? 0
        accepted = json["accepted"]?.integer ?? 0
        errors = json["errors"]?.integer ?? 0
        webhooks = json["webhooks"]?.integer ?? 0
        endpoints = json.integers("endpoints")
        byCallback = json.integers("by_callback")
        byRecipient = json.integers("by_recipient")
        tokens = json.integers("tokens")
    }
}

/// A message that the fake Graph accepted.
package struct GraphAccepted: Sendable {
    /// Milliseconds of CLOCK_BOOTTIME.
    package let at: Int
    package let wamid, to, phoneNumberID: String
    package let callback: String?
    /// The number of the connection it came over, from 1.
    package let connection: Int
    /// The body of the request.
    package let body: JSONValue

    init(_ json: JSONValue) {
        at = json["at"]?.integer ?? 0
        wamid = json["wamid"]?.text ?? ""
        to = json["to"]?.text ?? ""
        phoneNumberID = json["phone_number_id"]?.text ?? ""
        callback = json["callback"]?.text
        connection = json["connection"]?.integer ?? 0
        body = json["body"] ?? .null
    }
}

/// An error that the fake Graph answered.
package struct GraphRefused: Sendable {
    /// Milliseconds of CLOCK_BOOTTIME.
    package let at: Int
    package let code: Int
    package let to, callback: String?

    init(_ json: JSONValue) {
        at = json["at"]?.integer ?? 0
        code = json["code"]?.integer ?? 0
        to = json["to"]?.text
        callback = json["callback"]?.text
    }
}

/// A webhook that the fake Graph posted.
package struct GraphWebhook: Sendable {
    /// Milliseconds of CLOCK_BOOTTIME.
    package let at: Int
    package let status, wamid: String
    /// The HTTP status of the receiver; nil when there was no answer.
    package let answer: Int?

    init(_ json: JSONValue) {
        at = json["at"]?.integer ?? 0
        status = json["status"]?.text ?? ""
        wamid = json["wamid"]?.text ?? ""
        answer = json["answer"]?.integer
    }
}

extension JSONValue {
    var integer: Int? {
        if case .integer(let value) = self { Int(value) } else { nil }
    }

    fileprivate func integers(_ name: String) -> [String: Int] {
        (self[name]?.members ?? [:]).compactMapValues(\.integer)
    }
}
