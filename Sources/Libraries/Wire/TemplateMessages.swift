package import JSON

/// The account's templates, as they were when Meta was asked last.
package struct ListTemplates: Request {
    package static let operation = ProviderOperation.templates
    /// Those of exactly that name.
    package let name: String?
    /// Meta's word, in any case.
    package let status: String?
    package let language: String?
    /// Whether Meta is to be asked now, unless that was just now or too often.
    package let refresh: Bool
    /// `next_cursor` of the page before.
    package let cursor: String?

    package struct Answer: Codable, Hashable, Sendable {
        /// By name and language.
        package var templates: [ListedTemplate]
        /// When Meta was asked; nil in stub, where it never is.
        package var fetchedAt: Timestamp?
        /// Nil on the last page, which is the first one of most accounts.
        package var nextCursor: String?

        package init(templates: [ListedTemplate], fetchedAt: Timestamp?, nextCursor: String?) {
            self.templates = templates
            self.fetchedAt = fetchedAt
            self.nextCursor = nextCursor
        }

        package enum CodingKeys: String, CodingKey {
            case templates
            case fetchedAt = "fetched_at"
            case nextCursor = "next_cursor"
        }
    }

    package init(name: String?, status: String?, language: String?, refresh: Bool, cursor: String?)
    {
        self.name = name
        self.status = status
        self.language = language
        self.refresh = refresh
        self.cursor = cursor
    }
}

/// A template, and what a send has to fill into it.
package struct ListedTemplate: Codable, Hashable, Sendable {
    package var name: String
    package var language: String
    /// Meta's word: `APPROVED`, `PAUSED` and so on.
    package var status: String
    package var category: String?
    /// `POSITIONAL` or `NAMED`; nil when there is nothing to fill in and Meta does not say.
    package var parameterFormat: String?
    package var quality: String?
    /// As Meta has them.
    package var components: JSONValue
    /// The text of its body.
    package var body: String?
    package var variables: Variables
    /// Whether Meta sends it, as far as its word is known.
    package var sendable: Bool
    /// What to do when it is not.
    package var hint: String?

    /// What is filled in: names, or `1`, `2` and so on.
    package struct Variables: Codable, Hashable, Sendable {
        /// Nil without a header, or with one that we cannot read.
        package var header: Header?
        /// Nil when the body cannot be read.
        package var body: [String]?
        package var buttons: [Button]

        package struct Header: Codable, Hashable, Sendable {
            /// `text`, or what is sent along: `image`, `video`, `document`, `location`.
            package var type: String
            package var names: [String]

            package init(type: String, names: [String]) {
                self.type = type
                self.names = names
            }
        }

        package struct Button: Codable, Hashable, Sendable {
            /// Its position, from 0.
            package var index: Int
            /// Meta's word in lowercase: `url`, `quick_reply` and so on.
            package var type: String
            /// Of the end of its address.
            package var names: [String]

            package init(index: Int, type: String, names: [String]) {
                self.index = index
                self.type = type
                self.names = names
            }
        }

        package init(header: Header?, body: [String]?, buttons: [Button]) {
            self.header = header
            self.body = body
            self.buttons = buttons
        }
    }

    package init(
        name: String, language: String, status: String, category: String?,
        parameterFormat: String?, quality: String?, components: JSONValue, body: String?,
        variables: Variables, sendable: Bool, hint: String?
    ) {
        self.name = name
        self.language = language
        self.status = status
        self.category = category
        self.parameterFormat = parameterFormat
        self.quality = quality
        self.components = components
        self.body = body
        self.variables = variables
        self.sendable = sendable
        self.hint = hint
    }

    package enum CodingKeys: String, CodingKey {
        case name, language, status, category, quality, components, body, variables, sendable, hint
        case parameterFormat = "parameter_format"
    }
}

// As with messages: what is not known is said as null, so that a reader sees every field there is.

extension ListTemplates.Answer {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(templates, forKey: .templates)
        try container.encode(fetchedAt, forKey: .fetchedAt)
        try container.encode(nextCursor, forKey: .nextCursor)
    }
}

extension ListedTemplate {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(language, forKey: .language)
        try container.encode(status, forKey: .status)
        try container.encode(category, forKey: .category)
        try container.encode(parameterFormat, forKey: .parameterFormat)
        try container.encode(quality, forKey: .quality)
        try container.encode(components, forKey: .components)
        try container.encode(body, forKey: .body)
        try container.encode(variables, forKey: .variables)
        try container.encode(sendable, forKey: .sendable)
        try container.encode(hint, forKey: .hint)
    }
}

extension ListedTemplate.Variables {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(header, forKey: .header)
        try container.encode(body, forKey: .body)
        try container.encode(buttons, forKey: .buttons)
    }

    private enum CodingKeys: CodingKey { case header, body, buttons }
}
