import JSON
import TestSupport

extension TestGroup {
    /// A person's number: each `index` another one.
    static func person(_ index: Int) -> String { "+4366055\(50_000 + index)" }

    /// Sends a text; `fields` may say how long to wait.
    func sendText(
        _ text: String, to person: String, _ fields: [String] = [], onUnknown: String = "hold"
    ) async throws -> HTTPAnswer {
        try await send(
            "send", #"{"to":"\#(person)","text":"\#(text)","on_unknown":"\#(onUnknown)"}"#, fields)
    }

    /// A message, by its id or a wamid of its.
    func message(_ name: String) async throws -> JSONValue? {
        let name = name.flatMap { "=/+".contains($0) ? Self.escaped($0) : [$0] }
        return try await get("/api/whatsapp/messages/\(String(name))").json["message"]
    }

    func status(of name: String) async throws -> String? {
        try await message(name)?["status"]?.text
    }

    private static func escaped(_ character: Character) -> [Character] {
        switch character {
        case "=": Array("%3D")
        case "/": Array("%2F")
        default: Array("%2B")
        }
    }

    /// Sends texts `1…count` to each of so many persons, each person's one after the other, without
    /// waiting for Meta; answers the ids.
    func queueTexts(_ count: Int, toEachOf persons: Int) async throws -> [String] {
        let fields = authorization + ["Content-Type: application/json", "Prefer: respond-async"]
        return try await onThreads(persons) { person, _ in
            let connection = try self.connection()
            return try (1...count).map { number in
                let body = #"{"to":"\#(Self.person(person))","text":"\#(number)"}"#
                let answer = try connection.ask(
                    "POST", "/api/whatsapp/send", fields, body: Array(body.utf8))
                guard [200, 202].contains(answer.status), let id = answer.json["id"]?.text
                else { throw UnexpectedAnswer(status: answer.status, body: answer.text) }
                return id
            }
        }.flatMap { $0 }
    }

    /// How many dead letters there are.
    func deadLetterCount() async throws -> Int? {
        try await get("/api/whatsapp/dead_letters").json["dead_letters"]?.elements?.count
    }
}

extension GraphAccepted {
    /// The id of the message, of which `callback` names an attempt.
    var message: String { String(callback?.prefix { $0 != "." } ?? "") }
    /// The text that was sent.
    var text: String { body["text"]?["body"]?.text ?? "" }
}

extension FakeGraph {
    /// How often each message was accepted, by its id.
    func acceptances() async throws -> [String: Int] {
        try await accepted().reduce(into: [:]) { $0[$1.message, default: 0] += 1 }
    }

    /// The texts that each person got, in the order in which Graph took them.
    func textsByPerson() async throws -> [String: [String]] {
        try await accepted().reduce(into: [:]) { $0[$1.to, default: []].append($1.text) }
    }
}
