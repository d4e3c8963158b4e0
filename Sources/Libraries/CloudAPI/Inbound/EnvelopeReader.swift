import JSON

/// Walks one webhook's entries and collects its updates.
///
/// Nothing in here throws.
struct EnvelopeReader {
    private(set) var updates: [Update] = []

    mutating func read(entry: JSONValue, at path: String) {
        guard entry.members != nil else { return reject(entry, path, "an entry is an object") }
        guard let changes = entry["changes"]?.elements else {
            return reject(entry, path, "an entry has a list of changes")
        }
        let wabaID = entry["id"]?.identifier ?? ""
        let time = UnixSeconds.read(entry["time"])
        for (index, change) in changes.enumerated() {
            read(change: change, of: wabaID, time: time, at: "\(path).changes[\(index)]")
        }
    }

    private mutating func read(
        change: JSONValue, of wabaID: String, time: Int64?, at path: String
    ) {
        guard let field = change["field"]?.nonEmptyString else {
            return reject(change, path, "a change names its field")
        }
        let other = Update.other(field: field, wabaID: wabaID, time: time, raw: change)
        // Echoes, history and the account's fields are kept whole here.
        guard field == "messages" else { return updates.append(other) }
        guard let value = change["value"], value.members != nil else {
            return reject(change, path, "field messages has an object as its value")
        }
        let count = updates.count
        let number = BusinessNumber(metadata: value["metadata"], wabaID: wabaID)
        read(messagesOf: value, to: number, at: "\(path).value")
        read(statusesOf: value, of: number, at: "\(path).value")
        read(errorsOf: value, of: number, at: "\(path).value")
        // A `messages` change with none of the three lists is new to us: kept whole.
        if updates.count == count { updates.append(other) }
    }

    private mutating func read(
        messagesOf value: JSONValue, to number: BusinessNumber, at path: String
    ) {
        guard let messages = list("messages", of: value, at: path), !messages.isEmpty else {
            return
        }
        let contacts = value["contacts"]?.elements?.map { Sender(contact: $0) } ?? []
        for (index, message) in messages.enumerated() {
            do {
                updates.append(
                    .message(try InboundMessage(message, to: number, contacts: contacts)))
            } catch {
                reject(message, "\(path).messages[\(index)]", error.reason)
            }
        }
    }

    private mutating func read(
        statusesOf value: JSONValue, of number: BusinessNumber, at path: String
    ) {
        for (index, status) in (list("statuses", of: value, at: path) ?? []).enumerated() {
            do {
                updates.append(.status(try MessageStatusUpdate(status, of: number)))
            } catch {
                reject(status, "\(path).statuses[\(index)]", error.reason)
            }
        }
    }

    private mutating func read(
        errorsOf value: JSONValue, of number: BusinessNumber, at path: String
    ) {
        guard let errors = list("errors", of: value, at: path), !errors.isEmpty else { return }
        updates.append(
            .errors(
                AccountErrors(
                    phoneNumberID: number.id ?? "", wabaID: number.wabaID,
                    errors: errors.map { CloudError($0) }, raw: .array(errors))))
    }

    /// The list of that name; one that is there but is no list is rejected.
    private mutating func list(_ name: String, of value: JSONValue, at path: String) -> [JSONValue]?
    {
        guard let found = value[name] else { return nil }
        if let elements = found.elements { return elements }
        reject(found, "\(path).\(name)", "\(name) is a list")
        return nil
    }

    private mutating func reject(_ raw: JSONValue, _ path: String, _ reason: String) {
        updates.append(.malformed(raw: raw, path: path, reason: reason))
    }
}

/// Which of the business's numbers a change is about.
struct BusinessNumber {
    /// What updates are routed by.
    let id: String?
    /// For showing only: digits, or with `+` and blanks.
    let display: String?
    /// Empty when the entry has none.
    let wabaID: String

    init(metadata: JSONValue?, wabaID: String) {
        id = metadata?["phone_number_id"]?.identifier
        display = metadata?["display_phone_number"]?.identifier
        self.wabaID = wabaID
    }
}

/// Why one element has no place: its key cannot be made.
struct ElementError: Error {
    let reason: String
}
