internal import HTTP1
internal import Wire

/// Everything that can be asked for over HTTP; a route that is not here is 404.
enum Route: Hashable, Sendable {
    case health
    case webhook
    case send(SendMessage.Form)
    case message(id: String)
    /// One message by its reference, or a message to be sent in the Cloud API's own words.
    case messages
    case conversations
    case contactMessages
    case markRead(contact: String)
    case events
    /// A file to be sent later by its id.
    case upload
    case media(id: String)
    case eventStream
    case templates
    case deadLetters
    case deadLetter(id: String)
    case retryDeadLetter(id: String)
    case retryDeadLetters
    case metrics
    case audit
    case backup
    /// All that is kept of a person goes.
    case erase

    /// The route of a path's segments; nil for a path that is not served.
    init?(_ segments: [String]) {
        var segments = segments[...]
        guard segments.popFirst() == "api", let first = segments.popFirst() else { return nil }
        if first == "health", segments.isEmpty {
            self = .health
            return
        }
        guard first == "whatsapp", let name = segments.popFirst() else { return nil }
        switch (name, segments.count) {
        case ("health", 0): self = .health
        case ("webhook", 0): self = .webhook
        case ("messages", 0): self = .messages
        case ("messages", 1): self = .message(id: segments[segments.startIndex])
        case ("conversations", 0): self = .conversations
        case ("conversations", 2) where segments.last == "read":
            self = .markRead(contact: segments[segments.startIndex])
        case ("contact_messages", 0): self = .contactMessages
        case ("events", 0): self = .events
        case ("media", 0): self = .upload
        case ("media", 1): self = .media(id: segments[segments.startIndex])
        case ("events", 1) where segments.last == "stream": self = .eventStream
        case ("metrics", 0): self = .metrics
        case ("audit", 0): self = .audit
        case ("backup", 0): self = .backup
        case ("templates", 0): self = .templates
        case ("erase", 0): self = .erase
        case ("dead_letters", 0): self = .deadLetters
        case ("dead_letters", 1) where segments.last == "retry": self = .retryDeadLetters
        case ("dead_letters", 1): self = .deadLetter(id: segments[segments.startIndex])
        case ("dead_letters", 2) where segments.last == "retry":
            self = .retryDeadLetter(id: segments[segments.startIndex])
        case (_, 0):
            guard let form = SendMessage.Form(rawValue: name) else { return nil }
            self = .send(form)
        default: return nil
        }
    }

    /// The methods it has, in the order of `Allow`.
    var methods: [Method] {
        switch self {
        case .webhook: [.get, .head, .post]
        case .send, .markRead, .upload, .retryDeadLetter, .retryDeadLetters, .backup,
            .erase:
            [.post]
        case .deadLetter: [.delete]
        case .messages: [.get, .head, .post]
        case .health, .message, .conversations, .contactMessages, .events, .eventStream, .media,
            .templates, .deadLetters, .metrics, .audit:
            [.get, .head]
        }
    }

    /// What an API token must allow for a request with that method; nil where none is wanted.
    func scope(for method: Method) -> Scope? {
        switch self {
        case .health, .webhook: nil
        case .send, .upload: .send
        case .messages: method == .post ? .send : .read
        case .message, .conversations, .contactMessages, .events, .eventStream, .media,
            .templates, .deadLetters:
            .read
        case .metrics: .metrics
        case .deadLetter, .retryDeadLetter, .retryDeadLetters, .audit, .backup, .erase:
            .operate
        // It is written to the journal, and in time told to the sender.
        case .markRead: .send
        }
    }

    /// The most bytes a body of it may have.
    var bodyLimit: Int {
        switch self {
        // Meta promises at most 3 MB.
        case .webhook: 4 << 20
        case .send, .messages: 1 << 20
        // Some thousands of ids.
        case .retryDeadLetters: 256 << 10
        // The longest file that Meta takes, of any kind.
        case .upload: 100 << 20
        case .health, .message, .conversations, .contactMessages, .events, .eventStream, .media,
            .templates, .markRead, .deadLetters, .deadLetter, .retryDeadLetter, .metrics, .audit,
            .backup, .erase:
            // Nothing is read from it but a contact; clients that send `{}` are forgiven.
            1 << 10
        }
    }

    /// Whether its 200 means that an entry is in ingress's journal.
    func isJournaled(_ method: Method) -> Bool {
        switch self {
        case .webhook: method == .post
        case .markRead, .erase: true
        default: false
        }
    }

    /// Bytes of a part of an upload's body.
    ///
    /// The slowest body that is let through (500 bytes per second) fills one in 263 s: before
    /// provider, which waits 300 s for the next part, gives the upload up.
    static let uploadPart = 128 << 10

    /// What metrics call it; the parts of a path that name somebody are left out.
    var label: String {
        switch self {
        case .health: "health"
        case .webhook: "webhook"
        case .send(let form): form.rawValue
        case .message, .messages: "messages"
        case .conversations: "conversations"
        case .contactMessages: "contact_messages"
        case .markRead: "read"
        case .events: "events"
        case .upload, .media: "media"
        case .eventStream: "events_stream"
        case .templates: "templates"
        case .deadLetters, .deadLetter, .retryDeadLetter, .retryDeadLetters: "dead_letters"
        case .metrics: "metrics"
        case .audit: "audit"
        case .backup: "backup"
        case .erase: "erase"
        }
    }
}
