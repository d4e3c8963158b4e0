import Wire

@testable import Ingress

/// Every route once, with the path under which the contract has it.
enum Routes {
    static let all: [Route] =
        [
            .health, .webhook, .message(id: "{id}"), .messages, .conversations,
            .contactMessages, .markRead(contact: "{contact}"), .events, .eventStream, .upload,
            .media(id: "{id}"), .templates, .deadLetters,
            .deadLetter(id: "{id}"), .retryDeadLetter(id: "{id}"), .retryDeadLetters,
            .metrics, .audit, .backup, .erase,
        ] + SendMessage.Form.allCases.filter { $0 != .messages }.map { .send($0) }

    /// Without a default: a new route does not compile until it stands here, and above.
    static func path(of route: Route) -> String {
        switch route {
        case .health: "/api/health"
        case .webhook: "/api/whatsapp/webhook"
        case .send(let form): "/api/whatsapp/\(form.rawValue)"
        case .message(let id): "/api/whatsapp/messages/\(id)"
        case .messages: "/api/whatsapp/messages"
        case .conversations: "/api/whatsapp/conversations"
        case .contactMessages: "/api/whatsapp/contact_messages"
        case .markRead(let contact): "/api/whatsapp/conversations/\(contact)/read"
        case .events: "/api/whatsapp/events"
        case .upload: "/api/whatsapp/media"
        case .media(let id): "/api/whatsapp/media/\(id)"
        case .eventStream: "/api/whatsapp/events/stream"
        case .templates: "/api/whatsapp/templates"
        case .deadLetters: "/api/whatsapp/dead_letters"
        case .deadLetter(let id): "/api/whatsapp/dead_letters/\(id)"
        case .retryDeadLetter(let id): "/api/whatsapp/dead_letters/\(id)/retry"
        case .retryDeadLetters: "/api/whatsapp/dead_letters/retry"
        case .metrics: "/api/whatsapp/metrics"
        case .audit: "/api/whatsapp/audit"
        case .backup: "/api/whatsapp/backup"
        case .erase: "/api/whatsapp/erase"
        }
    }
}
