internal import Wire

/// What an obstacle is of: everything with the same one waits together.
enum SendScope: Hashable, Sendable {
    /// The access token, and the app behind it.
    case token
    /// The WhatsApp Business account.
    case account
    /// A sending number, by its id.
    case number(String)
    /// A template, by name and language.
    case template(String)
    /// A sending number and a person.
    case pair(String, String)

    /// For the log, in one word.
    var word: String {
        switch self {
        case .token: "app"
        case .account: "account"
        case .number: "number"
        case .template: "template"
        case .pair: "pair"
        }
    }

    /// Whether a message is in it.
    func contains(_ ticket: Ticket) -> Bool {
        switch self {
        case .token, .account: true
        case .number(let id): ticket.from == id
        case .template(let name): ticket.template == name
        case .pair(let id, let person): ticket.from == id && ticket.person == person
        }
    }
}

/// What stands in the way of a scope.
struct Gate: Hashable, Sendable {
    /// Boot clock, ms: until then nothing goes, and afterwards all does; for throttles.
    var slowUntil: Int64 = 0
    /// Throttles in a row.
    var throttles = 0
    /// Nothing goes but a probe.
    var pause: Pause?

    struct Pause: Hashable, Sendable {
        let problem: Problem
        /// Boot clock, ms: when one may be tried.
        var nextProbe: Int64
        /// The message that is being tried.
        var probe: Int64?
    }
}
