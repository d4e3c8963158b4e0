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
        func event() -> AccountEvent {
            AccountEvent(change, field: field, wabaID: wabaID, time: time)
        }
        guard let value = change["value"], value.members != nil else {
            guard field != "messages" else {
                return reject(change, path, "field messages has an object as its value")
            }
            return updates.append(.account(event()))
        }
        let count = updates.count
        let part = Part(value, wabaID: wabaID, path: "\(path).value")
        switch field {
        case "messages": read(messages: part)
        case "smb_message_echoes", "message_echoes": read(echoes: part, source: .echo)
        case "history": read(history: part, change, time)
        default: break
        }
        // All other fields are kept whole, and so is a change with none of the lists that it should have.
        if updates.count == count { updates.append(.account(event())) }
    }

    // MARK: Field messages

    private mutating func read(messages part: Part) {
        let troubles = CloudError.list(part.value["errors"])
        for (message, path) in list("messages", of: part) {
            do {
                updates.append(
                    .message(
                        try InboundMessage(
                            message, to: part.number, contacts: part.contacts, troubles: troubles)))
            } catch {
                reject(message, path, error.reason)
            }
        }
        for (status, path) in list("statuses", of: part) {
            do {
                updates.append(.status(try MessageStatusUpdate(status, of: part.number)))
            } catch {
                reject(status, path, error.reason)
            }
        }
        let errors = list("errors", of: part).map(\.element)
        guard !errors.isEmpty else { return }
        updates.append(
            .errors(
                AccountErrors(
                    phoneNumberID: part.number.id ?? "", wabaID: part.number.wabaID,
                    errors: errors.map { CloudError($0) }, raw: .array(errors))))
    }

    // MARK: Coexistence

    private mutating func read(echoes part: Part, source: AppMessage.Source) {
        for (echo, path) in list("message_echoes", of: part) {
            do {
                updates.append(
                    .appMessage(
                        try AppMessage(
                            echo: echo, of: part.number, contacts: part.contacts, source: source)))
            } catch {
                reject(echo, path, error.reason)
            }
        }
    }

    /// Older chats, and, in webhooks of their own, the files that were left out of them.
    private mutating func read(history part: Part, _ change: JSONValue, _ time: Int64?) {
        for (message, path) in list("messages", of: part) {
            read(past: message, of: part, with: Sender(of: message, among: part.contacts), path)
        }
        read(echoes: part, source: .history(state: .sent))
        var progress: [JSONValue] = []
        for (chunk, path) in list("history", of: part) {
            let chunkPart = Part(chunk, of: part, path: path)
            for (thread, path) in list("threads", of: chunkPart) {
                let person = Sender(thread: thread, among: part.contacts)
                for (message, path) in list("messages", of: Part(thread, of: part, path: path)) {
                    read(past: message, of: part, with: person, path)
                }
            }
            progress.append(chunk.without("threads"))
        }
        guard !progress.isEmpty else { return }
        // How far the import is, without the thousands of messages that were read from it.
        let rest = change.replacing(
            "value", with: part.value.replacing("history", with: .array(progress)))
        updates.append(
            .account(
                AccountEvent(rest, field: "history", wabaID: part.number.wabaID, time: time)))
    }

    private mutating func read(
        past message: JSONValue, of part: Part, with person: Sender, _ path: String
    ) {
        do {
            updates.append(
                .appMessage(try AppMessage(past: message, of: part.number, with: person)))
        } catch {
            reject(message, path, error.reason)
        }
    }

    // MARK: Lists

    /// The elements of that name with their places; one that is there but is no list is rejected.
    private mutating func list(_ name: String, of part: Part) -> [(
        element: JSONValue, path: String
    )] {
        guard let found = part.value[name] else { return [] }
        guard let elements = found.elements else {
            reject(found, "\(part.path).\(name)", "\(name) is a list")
            return []
        }
        return elements.enumerated().map { ($1, "\(part.path).\(name)[\($0)]") }
    }

    private mutating func reject(_ raw: JSONValue, _ path: String, _ reason: String) {
        updates.append(.malformed(raw: raw, path: path, reason: reason))
    }
}

/// An object with lists in it, and what is said beside them.
private struct Part {
    let value: JSONValue
    let path: String
    let number: BusinessNumber
    let contacts: [Sender]

    init(_ value: JSONValue, wabaID: String, path: String) {
        self.value = value
        self.path = path
        number = BusinessNumber(metadata: value["metadata"], wabaID: wabaID)
        contacts = value["contacts"]?.elements?.map { Sender(contact: $0) } ?? []
    }

    /// What stands inside of another part and belongs to the same number.
    init(_ value: JSONValue, of part: Part, path: String) {
        self.value = value
        self.path = path
        number = part.number
        contacts = part.contacts
    }
}

extension JSONValue {
    fileprivate func without(_ name: String) -> JSONValue {
        guard var members else { return self }
        members[name] = nil
        return .object(members)
    }

    fileprivate func replacing(_ name: String, with value: JSONValue) -> JSONValue {
        guard var members else { return self }
        members[name] = value
        return .object(members)
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
