internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Wire

/// What a request of any send route asks for, checked.
enum SendRequest: Hashable, Sendable {
    case message(SendBody)
    /// `from` is the number that tells it; nil leaves the choice to us.
    case readMark(ReadMark, from: String?)

    /// Fields of our own that may stand beside the Cloud API's.
    ///
    /// Its `context` is our `reply_to`, and `biz_opaque_callback_data` may be said for `reference`.
    private static let gatewayFields = ["from", "reference", "expires_in", "on_unknown"]

    /// Reads a body as received.
    ///
    /// - Throws: a `Problem` of status 400 that names the first field that is wrong.
    init(_ body: Data, as form: SendMessage.Form) throws(Problem) {
        switch form {
        case .text, .media, .template: self = .message(try SendBody(body, as: form))
        case .messages: try self.init(cloudAPIBody: body)
        }
    }

    private init(cloudAPIBody body: Data) throws(Problem) {
        let fields = try BodyFields(
            unchecked: body, hint: "Send the JSON object that Meta's Messages API takes.")
        let decoded = try Self.checked { () throws(OutboundError) in
            try OutboundRequest.decode(
                cloudAPIBody: fields.object, gatewayFields: Self.gatewayFields)
        }
        switch decoded {
        case .readMark(let mark):
            // They are about a message that waits; a mark does not.
            for name in Self.gatewayFields.dropFirst() where fields[name] != nil {
                throw Problem(refusing: .notAllowed(field: name, because: "with status read"))
            }
            self = .readMark(mark, from: try SendBody.sender(in: fields))
        case .message(let message):
            let object = try Self.checked { () throws(OutboundError) in
                try message.content.object()
            }
            self = .message(try SendBody(message, as: object, in: fields))
        }
    }

    /// The number that the caller wants to send from.
    var from: String? {
        switch self {
        case .message(let body): body.from
        case .readMark(_, let from): from
        }
    }

    private static func checked<Value>(
        _ body: () throws(OutboundError) -> Value
    ) throws(Problem) -> Value {
        do throws(OutboundError) { return try body() } catch { throw Problem(refusing: error) }
    }
}
