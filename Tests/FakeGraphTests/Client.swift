import JSON
import TestSupport

/// A client that knows nothing of the gateway, so that the fake is trusted for its own sake.
struct Client {
    static let token = "EAAdemoToken123"
    /// How long a client waits for an answer that does not come.
    static let hangs = Duration.milliseconds(300)
    static let recipient = "+436605550122"

    let graph: FakeGraph
    var token = Self.token

    /// The body of a text message.
    static func text(
        to recipient: String = recipient, callback: String? = nil, text: String = "hello"
    ) -> [UInt8] {
        var message: [String: JSONValue] = [
            "messaging_product": "whatsapp", "to": .string(recipient), "type": "text",
            "text": ["body": .string(text)],
        ]
        if let callback { message["biz_opaque_callback_data"] = .string(callback) }
        return Array(JSONValue.object(message).encoded())
    }

    var fields: [String] {
        ["Authorization: Bearer \(token)", "Content-Type: application/json"]
    }

    static let path = "/v20.0/106540352242922/messages"

    /// Opens a connection to keep.
    func connection(timeout: Duration = .seconds(15)) async throws -> HTTPConnection {
        let port = graph.port
        return try await blocking { try HTTPConnection(port: port, timeout: timeout) }
    }

    /// Sends a message over a connection of its own.
    func send(
        _ body: [UInt8] = text(), query: String = "", timeout: Duration = .seconds(15)
    ) async throws -> HTTPAnswer {
        try await ask("POST", Self.path + query, body: body, timeout: timeout)
    }

    /// Sends a message over a connection that is kept.
    func send(_ body: [UInt8] = text(), over connection: HTTPConnection) async throws -> HTTPAnswer
    {
        let fields = fields
        return try await blocking {
            try connection.ask("POST", Self.path, fields, body: body)
        }
    }

    /// Asks for anything over a connection of its own.
    func ask(
        _ method: String, _ path: String, _ more: [String] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(15)
    ) async throws -> HTTPAnswer {
        let ownType = more.contains { $0.hasPrefix("Content-Type:") }
        let fields = (ownType ? Array(fields.prefix(1)) : fields) + more
        let connection = try await connection(timeout: timeout)
        return try await blocking { try connection.ask(method, path, fields, body: body) }
    }

    /// Sends a message and answers why there was no answer; nil when there was one.
    func failure(timeout: Duration = .seconds(15)) async throws -> HTTPFailure? {
        do {
            _ = try await send(timeout: timeout)
            return nil
        } catch let failure as HTTPFailure { return failure }
    }
}

extension HTTPAnswer {
    var wamid: String? { json["messages"]?.elements?.first?["id"]?.text }
    var errorCode: JSONValue? { json["error"]?["code"] }
}
