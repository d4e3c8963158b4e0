/// Where a template stands with Meta, in Meta's word.
package struct TemplateStatus: Hashable, Sendable {
    /// `APPROVED`, `PAUSED`, …, in capitals; empty when Meta says none.
    package let word: String

    package init(_ word: String) { self.word = word.uppercased() }

    package static let approved = TemplateStatus("APPROVED")

    /// Why Meta does not send a template; what is not in the table is Meta's to decide.
    private struct Obstacle {
        /// Ends the sentence "The template …".
        let meaning: String
        let cure: String
        /// Whether it ends without a change to the template.
        var passes = false
    }

    // Meta, "Template status" and the events of `message_template_status_update`. `FLAGGED` warns, and
    // what `LOCKED` means for sending no page says: neither is here.
    private static let obstacles = [
        "PENDING": Obstacle(
            meaning: "is still being reviewed by Meta",
            cure: "Wait for the review, which takes minutes to a day, or send another template.",
            passes: true),
        "IN_APPEAL": Obstacle(
            meaning: "was rejected, and the appeal is not decided",
            cure: "Wait for Meta's decision, or send another template.", passes: true),
        "PAUSED": Obstacle(
            meaning: "is paused by Meta for low quality",
            cure: "Wait until Meta lifts the pause, or send another template.", passes: true),
        "REJECTED": Obstacle(
            meaning: "was rejected by Meta",
            cure: "Change it in WhatsApp Manager and submit it again, or send another template."),
        "DISABLED": Obstacle(
            meaning: "is disabled by Meta for ever",
            cure: "Make a new template with another text."),
        "LIMIT_EXCEEDED": Obstacle(
            meaning: "is beyond the number of templates that the account may have",
            cure: "Delete templates that are not used, or send another one."),
        "ARCHIVED": Obstacle(
            meaning: "is archived",
            cure: "Bring it back in WhatsApp Manager, or send another template."),
        "PENDING_DELETION": Obstacle(
            meaning: "is being deleted", cure: "Send another template."),
        "DELETED": Obstacle(meaning: "was deleted", cure: "Send another template."),
    ]

    /// Whether Meta sends it, as far as its word is known.
    package var isSendable: Bool { Self.obstacles[word] == nil }

    /// Whether it may be sent again without anybody's work: what waits for it may go on waiting.
    package var passes: Bool { Self.obstacles[word]?.passes ?? false }

    /// Why it is not sent, as the end of a sentence; nil when it is.
    package var meaning: String? { Self.obstacles[word]?.meaning }

    /// What to do about it; nil when it is sent.
    package var cure: String? { Self.obstacles[word]?.cure }

    /// The status that an event of `message_template_status_update` leads to.
    ///
    /// Nil for what changes nothing, or leaves open what is now: then Graph must be asked.
    package init?(event: String) {
        switch event.uppercased() {
        case "APPROVED", "REINSTATED", "UNPAUSED": self = .approved
        case let word where Self.obstacles[word] != nil: self.init(word)
        default: return nil
        }
    }
}
