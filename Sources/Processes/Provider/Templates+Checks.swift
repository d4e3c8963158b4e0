internal import CloudAPI
internal import JSON
internal import Reactor
internal import Wire

// Sends against the list, before they are taken in.

extension Templates {
    /// A list that is older than this (ms) refuses nothing: Meta decides.
    private static let longestUse: Int64 = 24 * 3_600_000
    /// How long a send waits for a new list, before the old one refuses it.
    private static let patience = Duration.seconds(2)

    /// Refuses a send that Meta would refuse: nothing is taken in, and nothing burnt.
    ///
    /// Before it does, Meta is asked again, since the template may be new or changed. A template that Meta
    /// may send again without anybody's work is held for a caller who does not wait (`answerBy`, boot
    /// clock in ms).
    func check(_ body: SendBody, answerBy: Int64) async throws(Problem) {
        guard case .template(let name, let language, let components) = body.message.content else {
            return
        }
        let key = TemplateKey(name: name, language: language)
        guard objection(to: key, components) != nil else { return }
        let isAwaited = answerBy > Clocks.boot
        let isFresh = await lookUp(key)
        guard let objection = objection(to: key, components) else { return }
        // Values are judged by what is known of the template; that there is none, only by a new list.
        guard isFresh || !objection.isOfTemplate else { return }
        let problem = Problem(objection, to: key, as: body.templateFields, of: list?[key])
        if case .notSendable(let status, _, _) = objection, status.passes, !isAwaited, let sender {
            return await sender.block(key.description, for: problem)
        }
        throw problem
    }

    /// Why Meta would refuse a message now, as far as the list tells; asks nobody.
    ///
    /// `request` is the body for Meta, as the outbox keeps it.
    func objection(to request: JSONValue) -> Problem? {
        guard let template = request["template"], let name = template["name"]?.text,
            let language = template["language"]?["code"]?.text
        else { return nil }
        let key = TemplateKey(name: name, language: language)
        return objection(to: key, template["components"]).map {
            Problem($0, to: key, as: .cloudAPI, of: list?[key])
        }
    }

    /// What is not sent now, by name and language: what waits for it is held from the start.
    var obstacles: [String: Problem] {
        guard isUsable, let list else { return [:] }
        let blocked = list.all.filter { !$0.status.isSendable }
        return Dictionary(
            blocked.map { template in
                let objection = TemplateObjection.notSendable(
                    template.status, rejection: template.rejection, sendable: [])
                return (template.key.description, Problem(objection, to: template.key))
            }
        ) { first, _ in first }
    }

    /// Has Meta asked again because of a template, and answers whether the list is as new as can be.
    private func lookUp(_ key: TemplateKey) async -> Bool {
        if isStub { return true }
        let now = Clocks.boot
        if isLookedUp(key, since: now - TemplateRefresh.pause) { return true }
        guard await refreshed(within: Self.patience) else { return false }
        noteLookUp(of: key, at: now)
        return true
    }

    private func objection(to key: TemplateKey, _ components: JSONValue?) -> TemplateObjection? {
        guard isUsable, let list else { return nil }
        // Callers of stub mode have templates of their own.
        if isStub, list[key] == nil { return nil }
        do { try list.check(key, components) } catch { return error }
        return nil
    }

    private var isUsable: Bool {
        isStub || asOf.map { Clocks.wall - $0 <= Self.longestUse } ?? false
    }

    var isStub: Bool { if case .stub = origin { true } else { false } }
}

extension SendBody {
    /// How the caller says what goes into the template.
    fileprivate var templateFields: TemplateFields {
        switch (isCloudAPI, givesParameters) {
        case (true, _): .cloudAPI
        case (false, true): .parameters
        case (false, false): .components
        }
    }
}

extension Problem {
    /// An objection to a template as a caller is told it.
    init(
        _ objection: TemplateObjection, to key: TemplateKey, as fields: TemplateFields,
        of template: Template?
    ) {
        let refusal = TemplateRefusal(objection, to: key, as: fields, of: template)
        // A name in it may be the caller's own, at any length.
        self.init(
            objection.isOfTemplate ? .templateUnavailable : .templateParameters, status: 400,
            BodyFields.short(refusal.message, 400), hint: BodyFields.short(refusal.hint, 600),
            field: BodyFields.short(refusal.field, 120))
    }

    /// The same of what waits here, which no field of anybody's is wrong in.
    init(_ objection: TemplateObjection, to key: TemplateKey) {
        self.init(objection, to: key, as: .cloudAPI, of: nil)
        field = nil
    }
}
