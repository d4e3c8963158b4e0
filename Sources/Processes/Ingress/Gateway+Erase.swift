internal import FoundationEssentials
internal import HTTP1
internal import JSON
internal import Journal
internal import Wire

extension Gateway {
    /// Bytes of an erasure's entry, blanks included: hashes of seven keys take the contact's place there later.
    private static let erasureRoom = 640

    /// Erases a person, as a journaled command: durable when it is answered, done as soon as inbox has it.
    func erase(_ body: Data) async throws -> Response {
        guard let fields = try? JSONValue(parsing: body).members else {
            throw Problem.invalid(
                nil, "The body is no JSON object.", hint: "Send {\"contact\":\"+91…\"}.")
        }
        if let name = fields.keys.sorted().first(where: { $0 != "contact" }) {
            throw Problem.invalid(
                name, "There is no field \(name).", hint: "Send {\"contact\":\"+91…\"} alone.")
        }
        guard let contact = fields["contact"]?.text, contact.contains(where: { $0 != " " }) else {
            throw Problem.invalid(
                "contact", "contact is missing, or no text.",
                hint: "Use a number with its country code, or a user id.")
        }
        let command = JournalCommand(
            id: Self.newMessageID(), verb: .erase, contact: contact, phoneNumberID: nil)
        do {
            var entry = try JSONEncoder().encode(command)
            entry.append(
                Data(
                    repeating: UInt8(ascii: " "), count: max(0, Self.erasureRoom - entry.count)))
            _ = try await journal.append(.command, entry)
        } catch let error as JournalError {
            throw Self.notKept(error)
        }
        return answers.json(.ok, Erased())
    }
}

private struct Erased: Encodable {
    let success = true
    enum CodingKeys: CodingKey { case success }
}
