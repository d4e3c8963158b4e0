import JSON
import TestSupport

extension TestGroup {
    /// All messages with a person, read page by page; nil while inbox is behind, or away.
    func messages(with contact: String = "+\(Payload.contact)") async throws -> [JSONValue]? {
        var messages: [JSONValue] = []
        var cursor = ""
        while true {
            let answer = try await get(
                "/api/whatsapp/contact_messages?contact=\(contact)&limit=200\(cursor)")
            guard answer.status == 200 else {
                guard answer.status == 503 else {
                    throw UnexpectedAnswer(status: answer.status, body: answer.text)
                }
                return nil
            }
            guard answer.json["behind"] == nil else { return nil }
            messages += answer.json["messages"]?.elements ?? []
            guard let next = answer.json["next_cursor"]?.text else { return messages }
            cursor = "&cursor=\(next)"
        }
    }

    /// The same, once inbox has everything that was answered for.
    func settledMessages(with contact: String = "+\(Payload.contact)") async throws -> [JSONValue] {
        var found: [JSONValue] = []
        try await eventually("inbox has everything", within: .seconds(20)) {
            guard let messages = try await messages(with: contact) else { return false }
            found = messages
            return true
        }
        return found
    }

    /// The texts of all messages with a person, sorted.
    func settledTexts(with contact: String = "+\(Payload.contact)") async throws -> [String] {
        try await settledMessages(with: contact).compactMap { $0["text"]?.text }.sorted()
    }

    /// What inbox counts, by name.
    func inboxFigure(_ name: String) async throws -> JSONValue? {
        try await get("/api/health").json["processes"]?["inbox"]?["figures"]?[name]
    }

    /// Posts webhooks with those texts, one after the other; each must be taken.
    func postTexts(_ texts: some Sequence<String>) async throws {
        for text in texts {
            let answer = try await webhook(Payload.text(text, wamid: "wamid.\(text)"))
            guard answer.status == 200 else {
                throw UnexpectedAnswer(status: answer.status, body: answer.text)
            }
        }
    }

    /// Sends a text with a key until it is answered 200.
    func sendUntilTaken(_ text: String) async throws {
        let body = #"{"to":"+\#(Payload.contact)","text":"\#(text)"}"#
        try await eventually("\(text) is taken") {
            let answer = try? await send("send", body, ["Idempotency-Key: \(text)"])
            return answer?.status == 200
        }
    }

    /// Posts a webhook until it is answered 200, as Meta does.
    func postUntilTaken(_ text: String) async throws {
        let body = Payload.text(text, wamid: "wamid.\(text)")
        try await eventually("\(text) is taken") {
            let answer = try? await webhook(body)
            return answer?.status == 200
        }
    }
}

/// An answer that the test cannot go on with.
struct UnexpectedAnswer: Error {
    let status: Int
    let body: String
}

/// `prefix` and numbers of as many digits each, so that their order is that of the numbers.
func numbered(_ prefix: String, _ numbers: ClosedRange<Int>) -> [String] {
    numbers.map { number in
        let digits = String(number)
        return prefix + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
