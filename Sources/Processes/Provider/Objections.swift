internal import CloudAPI
internal import Wire

extension OutboxStore.Tables {
    /// What speaks against sending a message now, as far as it is known here: Meta decides.
    ///
    /// `held` is what templates are held for, by name and language; `now` is the wall clock in ms.
    func objection(
        to ticket: Ticket, held: [String: Problem] = [:], at now: Int64
    ) throws -> Objection? {
        // A template needs no window, and a group has none.
        if let template = ticket.template { return held[template].map(Objection.init) }
        guard !PartyKey.isGroup(ticket.person),
            let at = try people.lastWrote(ticket.person, to: ticket.from),
            now - at >= ServiceWindow.length
        else { return nil }
        return .outsideWindowLikely(since: Timestamp(milliseconds: at))
    }
}

extension Objection {
    /// What Meta said of others of the same kind.
    init(_ problem: Problem) {
        self.init(problem.code.rawValue, problem.message, hint: problem.hint)
    }

    /// The person may not be written to freely, by what we know.
    static func outsideWindowLikely(since time: Timestamp) -> Objection {
        Objection(
            "outside_window_likely",
            "This person last wrote to this number at \(time.text), over 24 hours ago.",
            hint: "Meta will likely refuse it (131047): send an approved template instead.")
    }
}

extension MessageSender {
    /// What templates are held for, by name and language.
    var heldTemplates: [String: Problem] {
        dispatch.pauses.reduce(into: [:]) { held, pause in
            if case .template(let name) = pause.scope { held[name] = pause.problem }
        }
    }
}
