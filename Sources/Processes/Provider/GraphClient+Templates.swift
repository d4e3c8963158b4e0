internal import CloudAPI
internal import Curl
internal import FoundationEssentials
internal import JSON

// The list of an account's templates (Meta, "WhatsApp Business Account, Message Templates").

extension GraphClient: TemplateSource {
    func templates(
        of account: String, after cursor: String?
    ) async -> Result<TemplatePage, TemplatesUnavailable> {
        switch await request(
            .get,
            to: { settings, proof throws(TransferURL.Refusal) in
                try settings.templates(of: account, after: cursor, proof: proof)
            })
        {
        case .failure(let refusal):
            return .failure(
                TemplatesUnavailable(
                    reason: refusal.reason, hint: "See ./run.sh status; it is tried again."))
        case .success(let result): return TemplatePage.read(result)
        }
    }
}

extension GraphSettings {
    /// Templates of one page: one with long texts has some 10 KB, an answer 1 MiB at most.
    static let templatesAtOnce = 50

    private static let templateFields =
        "id,name,language,status,category,parameter_format,components,quality_score,rejected_reason"

    /// Where a page of the account's templates is.
    ///
    /// - Throws: `TransferURL.Refusal`, for an account that is no part of a path.
    func templates(
        of account: String, after cursor: String?, proof: String
    ) throws(TransferURL.Refusal) -> TransferURL {
        guard account.isGraphID else { throw .malformed }
        let after = cursor.map { "&after=\($0.percentEncoded)" } ?? ""
        return try TransferURL(
            "\(base)/\(version.name)/\(account)/message_templates?fields=\(Self.templateFields)"
                + "&limit=\(Self.templatesAtOnce)\(after)&appsecret_proof=\(proof)")
    }
}

extension TemplatePage {
    /// A cursor is opaque; Meta's have some hundred characters.
    private static let longestCursor = 2_048

    fileprivate static func read(
        _ result: TransferResult
    ) -> Result<TemplatePage, TemplatesUnavailable> {
        let answer = try? JSONValue(parsing: result.body)
        if let status = result.status, (200...299).contains(status), result.failure == nil,
            let templates = answer?["data"]?.elements
        {
            let paging = answer?["paging"]
            guard paging?["next"] != nil else {
                return .success(
                    TemplatePage(templates: templates, next: nil, bytes: result.body.count))
            }
            // Half a list would call the other half unknown.
            guard let next = paging?["cursors"]?["after"]?.nonEmptyString,
                next.utf8.count <= longestCursor
            else { return .failure(.strange("a page of the list does not say what comes next")) }
            return .success(
                TemplatePage(templates: templates, next: next, bytes: result.body.count))
        }
        if let status = result.status,
            let error = answer.flatMap({ CloudAPI.GraphError($0, httpStatus: status) })
        {
            return .failure(TemplatesUnavailable(error))
        }
        let reason = result.failure ?? result.status.map { "HTTP \($0) without a list" }
        return .failure(
            TemplatesUnavailable(
                reason: reason ?? "no answer",
                hint: "Check the network of this machine and Meta's status; it is tried again."))
    }
}

extension TemplatesUnavailable {
    static func strange(_ reason: String) -> TemplatesUnavailable {
        TemplatesUnavailable(reason: reason, hint: "Report it; it is tried again.")
    }

    /// Codes of Graph's for an object that is not there, or not this token's.
    private static let notOurs: [ClosedRange<Int64>] = [3...3, 10...10, 100...100, 200...299]

    fileprivate init(_ error: CloudAPI.GraphError) {
        let code = error.code ?? 0
        let isNotOurs = Self.notOurs.contains { $0.contains(code) }
        self.init(
            reason: "Meta refuses it, code \(code): \(error.text)",
            hint: isNotOurs
                ? "Check WHATSAPP_BUSINESS_ACCOUNT_ID, and that the token has whatsapp_business_management."
                : error.entry.hint)
    }
}

extension String {
    /// Whether it is an id of Graph's: one with `/` or `?` in it would be another address.
    var isGraphID: Bool {
        !isEmpty && utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// As part of a query: all but RFC 3986's unreserved characters as `%XX`.
    fileprivate var percentEncoded: String {
        utf8.reduce(into: "") { text, byte in
            let character = Character(Unicode.Scalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
                text.append(character)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
    }
}
