package import JSON

/// Meta's error object, as webhooks carry it; every part may be missing.
package struct CloudError: Hashable, Sendable {
    package let code: Int64?
    package let title: String?
    package let message: String?
    /// The text that helps.
    package let details: String?
    /// A link to the page about the error.
    package let href: String?

    package init(
        code: Int64?, title: String? = nil, message: String? = nil, details: String? = nil,
        href: String? = nil
    ) {
        self.code = code
        self.title = title
        self.message = message
        self.details = details
        self.href = href
    }

    /// Reads one object; anything else is an error that says nothing.
    package init(_ value: JSONValue) {
        let data = value["error_data"]
        self.init(
            code: value["code"]?.integer, title: value["title"]?.nonEmptyString,
            message: value["message"]?.nonEmptyString,
            // Some payloads have the text itself where the object should be.
            details: data?["details"]?.nonEmptyString ?? data?.nonEmptyString,
            href: value["href"]?.nonEmptyString)
    }

    /// Reads `errors[]`; what is no list has no errors.
    static func list(_ value: JSONValue?) -> [CloudError] {
        value?.elements?.map { CloudError($0) } ?? []
    }

    /// The best text there is, for people.
    package var text: String {
        details ?? message ?? title ?? code.map { "error \($0)" } ?? "unknown error"
    }

    /// The object as Meta writes it.
    package var payload: JSONValue {
        var members: [String: JSONValue] = [:]
        members["code"] = code.map(JSONValue.integer)
        members["title"] = title.map(JSONValue.string)
        members["message"] = message.map(JSONValue.string)
        members["error_data"] = details.map { ["details": .string($0)] }
        members["href"] = href.map(JSONValue.string)
        return .object(members)
    }
}
