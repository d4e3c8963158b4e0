internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Wire

// What inbox's changes tell of templates.

extension Templates {
    private static let statusUpdate = "account.message_template_status_update"

    /// The kinds of changes that are of templates.
    static let kinds = [
        statusUpdate, "account.message_template_components_update",
        "account.message_template_quality_update", "account.template_category_update",
    ]

    /// Codes of refusals that say that the list is not what Meta has.
    private static let contradictions: Set<Int64> = [132_000, 132_001, 132_012, 132_015, 132_016]

    /// Takes the effect of a change; a status at once, and for all else Meta is asked again.
    func follow(_ event: Event) async {
        guard Self.kinds.contains(event.type) else {
            return heard(event.data["error"]?["provider_code"]?.integer)
        }
        if event.type == Self.statusUpdate {
            let value = event.data["value"] ?? event.data
            if let word = value["event"]?.text, let status = TemplateStatus(event: word),
                let name = value["message_template_name"]?.text,
                let language = value["message_template_language"]?.text
            {
                await take(
                    status, of: TemplateKey(name: name, language: language),
                    id: value["message_template_id"]?.identifier, at: event.at.milliseconds)
            }
        }
        // Old news is what the list has already.
        if event.at.milliseconds >= asOf ?? .min { want() }
    }

    /// Graph refused a send with that code.
    func heard(_ code: Int64?) {
        if let code, Self.contradictions.contains(code) { want() }
    }
}

/// Graph, with an ear for refusals that say that the list of templates is old.
struct TemplateWatch: Graph {
    let graph: any Graph
    let templates: Templates

    func send(_ body: Data, from phoneNumberID: String) async -> GraphOutcome {
        let outcome = await graph.send(body, from: phoneNumberID)
        if case .refused(let error) = outcome { await templates.heard(error.code) }
        return outcome
    }
}
