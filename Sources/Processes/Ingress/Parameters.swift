internal import HTTP1
internal import Wire

/// The query of a request, read by name; each name at most once.
struct Parameters {
    /// What a page holds unless the caller says otherwise.
    static let standardLimit = 50
    /// What a page holds at most.
    static let maximumLimit = 200

    private let query: Query

    /// - Throws: `Problem` 400 for a query that cannot be decoded.
    init(_ head: RequestHead) throws(Problem) {
        do { query = try head.query() } catch {
            throw .invalid(nil, "The query cannot be decoded.", hint: error.description)
        }
    }

    /// The value; nil when it is not there or empty.
    func optional(_ name: String) throws(Problem) -> String? {
        switch query.only(name) {
        case .none: return nil
        case .one(let value): return value.isEmpty ? nil : value
        case .several:
            throw .invalid(name, "\(name) is there more than once.", hint: "Send \(name) once.")
        }
    }

    func required(_ name: String) throws(Problem) -> String {
        guard let value = try optional(name) else {
            throw .invalid(name, "\(name) is missing.", hint: "Add ?\(name)=… to the path.")
        }
        return value
    }

    func integer(_ name: String, default: Int, in range: ClosedRange<Int>) throws(Problem) -> Int {
        guard let text = try optional(name) else { return `default` }
        guard let number = Int(text), range.contains(number) else {
            throw .invalid(
                name, "\(name) is not a number of its range.",
                hint: "Use a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    /// How many the caller wants on a page.
    func limit() throws(Problem) -> Int {
        try integer("limit", default: Self.standardLimit, in: 1...Self.maximumLimit)
    }

    /// A moment, as every answer writes it.
    func time(_ name: String) throws(Problem) -> Timestamp? {
        guard let text = try optional(name) else { return nil }
        guard let time = Timestamp(text: text) else {
            throw .invalid(
                name, "\(name) is no time in UTC.", hint: "Use a form like 2026-09-21T14:13:20Z.")
        }
        return time
    }

    /// What conversations must be: `unread=1`, `window=open`.
    func traits() throws(Problem) -> [ListConversations.Trait] {
        var traits: [ListConversations.Trait] = []
        if try holds("unread", "1") { traits.append(.unread) }
        if try holds("window", "open") { traits.append(.openWindow) }
        return traits
    }

    /// Whether a filter is there, which has one value only.
    private func holds(_ name: String, _ only: String) throws(Problem) -> Bool {
        guard let value = try optional(name) else { return false }
        guard value == only else {
            throw .invalid(
                name, "\(name) is not \(only).", hint: "Use \(name)=\(only), or leave it out.")
        }
        return true
    }

    /// The numbers of one business, or nil for all.
    func phoneNumberID() throws(Problem) -> String? { try optional("phone_number_id") }
}
