internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Wire

/// The members of a request's JSON object, read strictly: a name nobody knows is refused, not ignored.
///
/// A misspelt optional field would else be a message that went out without it. `null` counts as absent.
struct BodyFields {
    /// Characters of a caller's own text that a message repeats.
    private static let longestEcho = 60

    /// What the same things are called elsewhere: by Meta, by other gateways, by habit.
    private static let otherNames = [
        "recipient": "to", "phone": "to", "number": "to", "contact": "to",
        "phone_number_id": "from",
        "message": "text", "body": "text", "context": "reply_to", "link": "media_url",
        "url": "media_url", "id": "media_id", "type": "media_type", "name": "template_name",
        "template": "template_name", "language": "language_code", "lang": "language_code",
        "biz_opaque_callback_data": "reference", "ttl": "expires_in",
    ]

    private let members: [String: JSONValue]

    /// Reads the object and checks its names against `allowed`.
    ///
    /// - Throws: `Problem` for what is no JSON object, or has a name that is not `allowed`.
    init(_ body: Data, allowed: [String]) throws(Problem) {
        let members = try Self.members(of: body, hint: Self.objectHint(allowed))
        // Sorted, so that the same body is always told the same.
        for name in members.keys.sorted() where !allowed.contains(name) {
            throw Self.unknown(name, allowed)
        }
        self.members = members
    }

    /// Reads the object of a body whose names are checked elsewhere.
    ///
    /// - Throws: `Problem` for what is no JSON object.
    init(unchecked body: Data, hint: String) throws(Problem) {
        members = try Self.members(of: body, hint: hint)
    }

    /// The whole object, as it came.
    var object: JSONValue { .object(members) }

    private static func members(
        of body: Data, hint: String
    ) throws(Problem) -> [String: JSONValue] {
        guard !body.isEmpty else {
            throw .invalid(nil, "The body is empty.", hint: hint)
        }
        guard let value = parse(body) else {
            throw .invalid(
                nil, "The body is not valid JSON.", hint: "Send one JSON object, in UTF-8.")
        }
        guard let members = value.members else {
            throw .invalid(nil, "The body is no JSON object.", hint: hint)
        }
        return members
    }

    private static func parse(_ body: Data) -> JSONValue? {
        guard let value = try? JSONValue(parsing: body) else { return nil }
        // Looked at again only where a null may stand for something unreadable.
        if value.containsNull,
            (try? JSONDecoder().decode(ReadableJSON.self, from: body)) == nil
        {
            return nil
        }
        return value
    }

    private static func objectHint(_ allowed: [String]) -> String {
        "Send a JSON object with some of: \(allowed.joined(separator: ", "))."
    }

    private static func unknown(_ name: String, _ allowed: [String]) -> Problem {
        let shown = short(name)
        let meant = otherNames[name.lowercased()].flatMap { allowed.contains($0) ? $0 : nil }
        let hint =
            (meant ?? Spelling.nearest(to: name, among: allowed)).map { "Did you mean \($0)?" }
            ?? "Leave it out; known are \(allowed.joined(separator: ", "))."
        return .invalid(shown, "\(shown) is not a field of this request.", hint: hint)
    }

    /// A text of the caller's, cut to what an answer may repeat.
    static func short(_ text: String, _ length: Int = longestEcho) -> String {
        text.count <= length ? text : text.prefix(length) + "…"
    }

    // MARK: Members

    /// The member as it came; nil when it is absent or null.
    subscript(_ name: String) -> JSONValue? {
        members[name].flatMap { $0 == .null ? nil : $0 }
    }

    /// What is said of a field that has to be there.
    func missing(_ name: String) -> Problem {
        .invalid(name, "\(name) is missing.", hint: "Give \(name).")
    }

    /// A text that must be there and say something.
    func required(_ name: String) throws(Problem) -> String {
        guard let text = try text(name), !text.isEmpty else { throw missing(name) }
        return text
    }

    /// A text; nil when it is absent.
    ///
    /// Lengths are Unicode scalars; with a limit, an empty one is refused.
    func text(_ name: String, upTo limit: Int? = nil) throws(Problem) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.text else { throw wrongType(name, "a string") }
        guard let limit else { return text }
        let length = text.unicodeScalars.count
        guard (1...limit).contains(length) else {
            let what = length == 0 ? "is empty" : "has \(length) characters"
            throw .invalid(
                name, "\(name) \(what).", hint: "Give 1 to \(limit) characters, or leave it out.")
        }
        return text
    }

    func bool(_ name: String) throws(Problem) -> Bool? {
        guard let value = self[name] else { return nil }
        guard case .bool(let bool) = value else { throw wrongType(name, "true or false") }
        return bool
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(Problem) -> Int64? {
        guard let value = self[name] else { return nil }
        guard case .integer(let integer) = value, range.contains(integer) else {
            throw wrongType(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    /// One of the names of `Choice`.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String
    ) throws(Problem) -> Choice? {
        guard let value = self[name] else { return nil }
        guard let choice = value.text.flatMap({ Choice(rawValue: $0) }) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw wrongType(name, "one of \(names)")
        }
        return choice
    }

    private func wrongType(_ name: String, _ wanted: String) -> Problem {
        .invalid(name, "\(name) is not \(wanted).", hint: "Make \(name) \(wanted).")
    }
}
