internal import JSON

/// Where the account's templates are asked for: Graph, a page at a time.
protocol TemplateSource: Sendable {
    /// Asks for the page after a cursor, the first one after nil; made once.
    func templates(
        of account: String, after cursor: String?
    ) async -> Result<TemplatePage, TemplatesUnavailable>
}

/// A part of the list.
struct TemplatePage: Hashable, Sendable {
    /// Each as Graph has it.
    let templates: [JSONValue]
    /// What the next page is asked for with; nil on the last one.
    let next: String?
    /// Of the answer.
    let bytes: Int
}

/// Why there is no (new) list.
struct TemplatesUnavailable: Error, Hashable, Sendable {
    /// What happened, in a few words.
    let reason: String
    /// What a person should do, in a sentence.
    let hint: String
}
