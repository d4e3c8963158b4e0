internal import JSON
internal import Reactor
internal import Wire

/// Reads back all that the group keeps, over its API, page by page.
struct TortureReader {
    private static let pageLength = 200

    let group: TortureGroup

    func read() async throws -> StoredItems {
        var items = StoredItems()
        var contacts: Set<String> = []
        try await pages("conversations", "", of: "conversations") { conversation in
            if let contact = conversation["contact"]?.text { contacts.insert(contact) }
        }
        for contact in contacts.sorted() {
            try await pages(
                "contact_messages", "&contact=\(Percent.encoded(contact))", of: "messages"
            ) { items.add($0) }
        }
        return items
    }

    private func pages(
        _ route: String, _ query: String, of name: String, _ body: (JSONValue) -> Void
    ) async throws {
        var cursor = ""
        while true {
            let path =
                "/api/whatsapp/\(route)?limit=\(Self.pageLength)\(query)"
                + (cursor.isEmpty ? "" : "&cursor=\(Percent.encoded(cursor))")
            guard let page = await group.get(path) else { throw Unreadable(path: path) }
            for element in page[name]?.elements ?? [] { body(element) }
            guard let next = page["next_cursor"]?.text else { return }
            cursor = next
        }
    }

    struct Unreadable: Error, CustomStringConvertible {
        let path: String
        var description: String { "\(path) was not answered with 200" }
    }
}

extension StoredItems {
    /// Adds a message as the API shows it.
    mutating func add(_ message: JSONValue) {
        if message["direction"]?.text == Direction.inbound.rawValue {
            // One that says something else than was written is not that message.
            guard let wamid = message["wamid"]?.text,
                message["text"]?.text == TortureTraffic.question(wamid)
            else { return }
            messages[wamid, default: 0] += 1
        } else if let key = message["reference"]?.text {
            sends[key, default: []].append(
                Send(
                    id: message["id"]?.text ?? "",
                    status: message["status"]?.text.flatMap { MessageStatus(rawValue: $0) }
                        ?? .refused,
                    reached: Set((message["status_at"]?.members ?? [:]).keys)))
        }
    }
}
