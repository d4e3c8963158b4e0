/// What must be known of a message to decide when it goes: its place in the queue.
struct Ticket: Hashable, Sendable {
    /// The order of intake.
    let number: Int64
    let id: String
    /// The phone number id that sends.
    let from: String
    /// Whom it goes to: what two spellings of one person have in common.
    let person: String
    /// The key it is addressed to, where another one stands for the person.
    var addressee: String?
    /// Lower goes first: ``single`` or ``bulk``.
    var priority = single
    /// Name and language; nil for other kinds.
    var template: String?
    /// Boot clock, ms: not worth sending any more; nil for ever.
    var expiresAt: Int64?
    /// How long it could have gone and did not, in ms: pauses do not count.
    var aged: Int64 = 0
    /// Failed tries that are made again; throttles do not count.
    var failures = 0
    /// Boot clock, ms: its next try; nil at once.
    var notBefore: Int64?

    /// Somebody waits for what becomes of it.
    static let single = 0
    /// Nobody waits: its caller did not, or a person let it go again.
    static let bulk = 1
}
