internal import CloudAPI
internal import JSON
internal import Reactor
internal import Wire

extension Provider {
    /// The account's templates, as Meta listed them last.
    func templates(_ asked: ListTemplates) async throws -> ListTemplates.Answer {
        try await templates.answer(asked)
    }
}

extension Templates {
    /// How long a caller waits for a list that he wants new, or that there was none of yet.
    private static let listPatience = Duration.seconds(3)
    /// Templates of one page, and bytes of what Meta says of them: a frame has 8 MiB, and an answer says
    /// a body twice.
    private static let pageLength = 500
    private static let pageBytes = 2 << 20

    /// A page of the list.
    ///
    /// - Throws: `Problem` when there is none.
    func answer(_ asked: ListTemplates) async throws(Problem) -> ListTemplates.Answer {
        if case .unknown = origin { throw .templatesUnknown }
        if asked.refresh || list == nil { await refreshed(within: Self.listPatience) }
        guard let list else {
            throw Problem(
                .unavailable, status: 503,
                "Meta has not told the templates yet\(failure.map { ": \($0.reason)" } ?? "").",
                hint: failure?.hint ?? "Try again in a moment.", retryable: true,
                retryAfterSeconds: 5)
        }
        let after = try asked.cursor.map(TemplateKey.init(cursor:))
        var page = ListTemplates.Answer(
            templates: [], fetchedAt: asOf.map(Timestamp.init(milliseconds:)), nextCursor: nil)
        var bytes = 0
        for template in list.all where asked.wants(template) {
            if let after, template.key <= after { continue }
            bytes += template.raw.encoded().count
            guard page.templates.count < Self.pageLength,
                bytes <= Self.pageBytes || page.templates.isEmpty
            else {
                page.nextCursor = page.templates.last.map { "\($0.name) \($0.language)" }
                break
            }
            page.templates.append(ListedTemplate(template))
        }
        return page
    }

    /// What health says of the list.
    var warnings: [Condition] {
        switch origin {
        case .stub: return []
        case .unknown:
            let problem = Problem.templatesUnknown
            return [Condition("templates_unknown", problem.message, hint: problem.hint)]
        case .account:
            guard let failure else { return [] }
            let age = asOf.map { "is from \(Timestamp(milliseconds: $0).text)" }
            return [
                Condition(
                    "templates_stale",
                    "the list of templates \(age ?? "is not there yet"): \(failure.reason)",
                    hint: failure.hint)
            ]
        }
    }
}

extension ListTemplates {
    fileprivate func wants(_ template: Template) -> Bool {
        (name.map { $0 == template.key.name } ?? true)
            && (language.map { $0 == template.key.language } ?? true)
            && (status.map { $0.uppercased() == template.status.word } ?? true)
    }
}

extension TemplateKey {
    /// - Throws: `Problem` of status 400 for a cursor that is none.
    fileprivate init(cursor: String) throws(Problem) {
        let parts = cursor.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw .invalid(
                "cursor", "This is no cursor.", hint: "Use next_cursor of the page before.")
        }
        self.init(name: String(parts[0]), language: String(parts[1]))
    }
}

extension ListedTemplate {
    fileprivate init(_ template: Template) {
        let status = template.status
        self.init(
            name: template.key.name, language: template.key.language, status: status.word,
            category: template.category, parameterFormat: template.format,
            quality: template.quality, components: template.raw["components"] ?? [],
            body: template.bodyText,
            variables: Variables(
                header: template.listedHeader, body: template.body?.names,
                buttons: template.buttons?.enumerated().map { index, button in
                    Variables.Button(
                        index: index, type: button.type, names: button.variables?.names ?? [])
                } ?? []),
            sendable: status.isSendable, hint: status.cure)
    }
}

extension Template {
    /// As Graph says it, else as its text shows it.
    fileprivate var format: String? {
        if let style { return style.rawValue }
        return switch body {
        case .positional: TemplateVariables.Style.positional.rawValue
        case .named: TemplateVariables.Style.named.rawValue
        case TemplateVariables.none?, nil: nil
        }
    }

    fileprivate var listedHeader: ListedTemplate.Variables.Header? {
        switch header {
        case Header.none?, nil: nil
        case .text(let variables): .init(type: "text", names: variables.names)
        case .attachment(let kind): .init(type: kind, names: [])
        }
    }
}

extension Problem {
    /// Nobody said whose templates these are.
    static var templatesUnknown: Problem {
        Problem(
            .notSupported, status: 501,
            "WHATSAPP_BUSINESS_ACCOUNT_ID is not set: templates are neither listed nor checked.",
            hint:
                "Set it to the id of the WhatsApp account, as Meta Business shows it, and ./run.sh restart provider."
        )
    }
}
