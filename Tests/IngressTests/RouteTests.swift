import HTTP1
import Testing
import Wire

@testable import Ingress

@Suite("The routes")
struct RouteTests {
    @Test(
        "a path is one route, by its segments",
        arguments: [
            (["api", "health"], Route.health), (["api", "whatsapp", "health"], .health),
            (["api", "whatsapp", "webhook"], .webhook),
            (["api", "whatsapp", "send"], .send(.text)),
            (["api", "whatsapp", "send_media"], .send(.media)),
            (["api", "whatsapp", "send_template"], .send(.template)),
            (["api", "whatsapp", "messages"], .messages),
            (["api", "whatsapp", "messages", "msg_1"], .message(id: "msg_1")),
            (["api", "whatsapp", "conversations"], .conversations),
            (["api", "whatsapp", "conversations", "+4366", "read"], .markRead(contact: "+4366")),
            (["api", "whatsapp", "contact_messages"], .contactMessages),
            (["api", "whatsapp", "events"], .events),
            (["api", "whatsapp", "media"], .upload),
            (["api", "whatsapp", "media", "123"], .media(id: "123")),
            (["api", "whatsapp", "templates"], .templates),
        ])
    func known(segments: [String], route: Route) { #expect(Route(segments) == route) }

    @Test(
        "a path with a segment more, less, empty or with dots is none",
        arguments: [
            [], ["api"], ["api", ""], ["api", "health", ""], ["health"], ["api", "whatsapp"],
            ["api", "whatsapp", "webhook", "x"], ["api", "whatsapp", "..", "webhook"],
            ["api", "whatsapp", "conversations", "+4366"], ["api", "whatsapp", "Send"],
        ])
    func unknown(segments: [String]) { #expect(Route(segments) == nil) }

    @Test("every route but health and webhook wants a token that allows something")
    func scopes() {
        #expect(Route.metrics.scope(for: .get) == .metrics)
        for route in [
            Route.conversations, .contactMessages, .events, .messages, .message(id: "a"),
            .media(id: "1"), .templates,
        ] {
            #expect(route.scope(for: .get) == .read && route.scope(for: .head) == .read)
        }
        for form in SendMessage.Form.allCases {
            #expect(Route.send(form).scope(for: .post) == .send)
        }
        #expect(Route.messages.scope(for: .post) == .send)
        #expect(Route.markRead(contact: "a").scope(for: .post) == .send)
        #expect(Route.upload.scope(for: .post) == .send)
        for method in [Method.get, .head, .post] {
            #expect(Route.health.scope(for: method) == nil)
            #expect(Route.webhook.scope(for: method) == nil)
        }
    }
}
