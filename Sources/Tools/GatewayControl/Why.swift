internal import FoundationEssentials
internal import JSON

/// Tells one message's story, or that of the last messages with one person; 1 when nobody knows it.
///
/// The argument is a `msg_…`, a wamid, the caller's own reference, or a contact.
func why(_ group: Group, _ arguments: [String]) throws -> CInt {
    guard arguments.count == 1, let name = arguments.first, !name.isEmpty else {
        complain("usage: why MSG_ID, WAMID, REFERENCE or CONTACT")
        return 64
    }
    let escaped = Percent.encoded(name)
    for path in ["messages/\(escaped)", "messages?reference=\(escaped)"] {
        let answer = try group.ask("GET", "/api/whatsapp/\(path)")
        switch answer.status {
        case 200:
            for line in Story(try decode(answer.body)).lines { print(line) }
            return 0
        // A contact's `+` or a short name is refused as an id, and may still be another kind of name.
        case 400, 404: continue
        default: return complain(about: answer)
        }
    }
    return try lastMessages(group, with: escaped)
}

/// Messages of one person that are told.
private let toldOfContact = 5

private func lastMessages(_ group: Group, with contact: String) throws -> CInt {
    let answer = try group.ask(
        "GET", "/api/whatsapp/contact_messages?contact=\(contact)&limit=\(toldOfContact)")
    guard answer.status == 200 else { return complain(about: answer) }
    let page = try decode(answer.body)
    guard let messages = page["messages"]?.elements, !messages.isEmpty else {
        complain("there is no message of that id, reference or contact")
        return 1
    }
    for message in messages.reversed() {
        guard let id = message["id"]?.text else { continue }
        let story = try group.ask("GET", "/api/whatsapp/messages/\(Percent.encoded(id))")
        guard story.status == 200 else { return complain(about: story) }
        for line in Story(try decode(story.body)).lines { print(line) }
    }
    return 0
}

private func decode(_ body: String) throws -> JSONValue {
    try JSONValue(parsing: Data(body.utf8))
}

/// A message's story as lines, from the first that is known of it to what happens next.
struct Story {
    private(set) var lines: [String] = []

    init(_ story: JSONValue) {
        let message = story["message"]
        let outbox = story["outbox"]
        let id = message?["id"]?.text ?? outbox?["id"]?.text ?? ""
        let direction = message?["direction"]?.text ?? "outbound"
        let contact = message?["contact"]?.text ?? outbox?["to"]?.text ?? ""
        var head = "\(id)  \(direction) \(message?["type"]?.text ?? "message")"
        head += direction == "inbound" ? " from \(contact)" : " to \(contact)"
        if let number = message?["phone_number_id"]?.text { head += ", number \(number)" }
        if let reference = message?["reference"]?.text { head += ", reference \(reference)" }
        lines.append(head)
        if let wamid = message?["wamid"]?.text ?? outbox?["wamid"]?.text {
            lines.append("  \(wamid)")
        }
        for step in story["timeline"]?.elements ?? [] { add(step, as: step["source"]?.text ?? "") }
        if let received = message?["received_at"]?.text, direction == "inbound" {
            lines.append("  \(received)  kept  journal")
        }
        for attempt in story["attempts"]?.elements ?? [] {
            guard attempt["error"] != nil else { continue }
            add(attempt, as: "attempt \(attempt["number"].map { "\($0.digits)" } ?? "")")
        }
        for service in story["away"]?.elements ?? [] {
            lines.append("  \(service.text ?? "") is away: its part is missing")
        }
        guard let why = story["why"] else { return }
        lines.append("→ \(why["summary"]?.text ?? "")")
        if let cause = why["cause"]?.text, cause != "nobody" { lines.append("  cause: \(cause)") }
        if let next = why["next"]?.text { lines.append("  next: \(next)") }
    }

    private mutating func add(_ step: JSONValue, as source: String) {
        lines.append("  \(step["at"]?.text ?? "")  \(step["status"]?.text ?? "")  \(source)")
        if let error = step["error"] {
            let code = error["provider_code"].map { " (\($0.digits))" } ?? ""
            lines.append("      \(error["message"]?.text ?? "")\(code)")
            if let details = error["details"]?.text { lines.append("      Meta: \(details)") }
            if let trace = error["trace"]?.text { lines.append("      trace: \(trace)") }
        }
    }
}

extension JSONValue {
    /// A whole number as text; empty for anything else.
    fileprivate var digits: String {
        if case .integer(let number) = self { "\(number)" } else { "" }
    }
}

/// Percent-encoding for one part of a path or query.
enum Percent {
    /// RFC 3986 §2.3: what never needs it.
    private static let unreserved = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if unreserved.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
