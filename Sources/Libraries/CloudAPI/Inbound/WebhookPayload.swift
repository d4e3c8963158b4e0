package import FoundationEssentials
package import JSON

/// Why a webhook's body says nothing at all.
///
/// The caller sets the body aside, raw.
package enum WebhookError: Error, Hashable, Sendable {
    case notJSON
    /// Nested deeper than ``JSONValue/maximumDepth``.
    case tooDeep
    /// JSON, but `part` of the envelope is missing or of another type.
    case wrongEnvelope(part: String)
}

/// The body that Meta posts: `object`, `entry[]`, `changes[]`, and the lists inside each `value`.
///
/// Up to 1000 updates of several numbers and accounts come in one body of up to 3 MB
/// (Meta, "Webhooks overview").
package enum WebhookPayload {
    /// Meta's name for us; other products post under other names.
    static let object = "whatsapp_business_account"

    /// All updates in the order of the body, each read apart from its neighbours.
    ///
    /// The bytes are parsed once; what follows walks the values. An element that cannot be read
    /// becomes ``Update/malformed(raw:path:reason:)`` and costs no other one.
    /// - Throws: ``WebhookError`` when there is no envelope to walk.
    package static func decode(_ body: Data) throws(WebhookError) -> [Update] {
        try updates(in: try parse(body))
    }

    /// The body as JSON.
    package static func parse(_ body: Data) throws(WebhookError) -> JSONValue {
        do { return try JSONValue(parsing: body) } catch {
            switch error {
            case .tooDeep: throw .tooDeep
            case .notJSON: throw .notJSON
            }
        }
    }

    /// The same, of a body that is parsed already.
    package static func updates(in payload: JSONValue) throws(WebhookError) -> [Update] {
        guard payload.members != nil else { throw .wrongEnvelope(part: "body") }
        guard let name = payload["object"]?.text else { throw .wrongEnvelope(part: "object") }
        guard name == object else { return [.foreign(object: name, raw: payload)] }
        guard let entries = payload["entry"]?.elements else { throw .wrongEnvelope(part: "entry") }
        var reader = EnvelopeReader()
        for (index, entry) in entries.enumerated() {
            reader.read(entry: entry, at: "entry[\(index)]")
        }
        return reader.updates
    }
}
