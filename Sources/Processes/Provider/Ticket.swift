/// What must be known of a message to decide when it goes: its place in the queue.
struct Ticket: Hashable, Sendable {
    /// The order of intake.
    let number: Int64
    let id: String
    /// The phone number id that sends.
    let from: String
    /// Whom it goes to: what two spellings of one person have in common.
    let person: String
    /// Lower goes first: single sends are 0, replayed dead letters ``replayed``.
    var priority = 0
    /// Name and language; nil for other kinds.
    var template: String?
    /// Wall clock, ms: not worth sending any more; nil for ever.
    var expiresAt: Int64?
    /// How long it could have gone and did not, in ms: pauses do not count.
    var aged: Int64 = 0
    /// Wall clock, ms: its next try; nil at once.
    var notBefore: Int64?

    /// What a person lets go again must not delay what callers wait for.
    static let replayed = 1
}
