internal import CloudAPI
internal import Wire

extension OutboxStore.Tables {
    /// What speaks against sending a message now, as far as it is known here: Meta decides.
    ///
    /// `template` is name and language, nil for other kinds. `now` is the wall clock in ms.
    func objection(
        to recipient: Recipient, from phoneNumberID: String, template: String?, at now: Int64
    ) throws -> Objection? {
        // A template may always be sent, and a group has no window.
        guard template == nil, recipient.kind != .group else { return nil }
        let person = try people.person(of: recipient)
        guard let at = try people.lastWrote(person, to: phoneNumberID),
            now - at >= ServiceWindow.length
        else { return nil }
        return .outsideWindowLikely(since: Timestamp(milliseconds: at))
    }
}

extension Objection {
    /// The person may not be written to freely, by what we know.
    static func outsideWindowLikely(since time: Timestamp) -> Objection {
        Objection(
            "outside_window_likely",
            "This person last wrote to this number at \(time.text), over 24 hours ago.",
            hint: "Meta will likely refuse it (131047): send an approved template instead.")
    }
}
