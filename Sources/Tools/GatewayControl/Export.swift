internal import Daemon
internal import Digest
internal import FoundationEssentials
internal import JSON
internal import Reactor
internal import Wire

/// Writes all conversations, messages and files, or one person's, into a new folder; 0 when they are there.
func exportData(_ group: Group, _ arguments: [String]) async throws -> CInt {
    let order: ExportOrder
    do throws(ExportOrder.UsageError) { order = try ExportOrder(arguments) } catch {
        complain("\(error)")
        return Exit.usage
    }
    let source = try ExportSource(group)
    var shown: String?
    if let contact = order.contact {
        // Before anything is made: whoever is not known has no export.
        let first = try await source.page(
            "contact_messages", [("contact", contact), ("limit", "1")])
        guard first["known"] == .bool(true), let name = first["contact"]?.text else {
            complain("nobody is known as \(contact); nothing was written")
            return 1
        }
        shown = name
    }
    let folder = try ExportFolder(order.folder)
    do {
        let export = try Export(order, of: shown, from: source, to: folder)
        try await export.run(in: group.mode)
    } catch {
        complain("\(error)")
        complain("the export is not whole; what there is of it lies in \(folder.part)")
        return 1
    }
    return 0
}

/// One export on its way.
private final class Export {
    private let order: ExportOrder
    /// The person or group as the API shows them; nil: everybody.
    private let contact: String?
    private let source: ExportSource
    private let folder: ExportFolder
    private let conversations, messages, media: ExportFile
    private var threads: [Thread] = []
    /// Two threads that become one while they are read would give a message twice.
    private var seen: Set<MessageKey> = []
    private var files: [ExportedMedia] = []
    private var fileIDs: Set<String> = []
    private var fileCount = 0
    private var fileBytes = 0

    /// A conversation, as the API finds it.
    private struct Thread {
        let contact, phoneNumberID: String?
    }

    init(
        _ order: ExportOrder, of contact: String?, from source: ExportSource,
        to folder: ExportFolder
    ) throws {
        self.order = order
        self.contact = contact
        self.source = source
        self.folder = folder
        conversations = try folder.file("conversations.jsonl")
        messages = try folder.file("messages.jsonl")
        media = try folder.file("media.jsonl")
    }

    func run(in mode: Mode) async throws {
        try await source.pages("conversations", [], of: "conversations") { try take(thread: $0) }
        for thread in threads {
            try await source.pages(
                "contact_messages",
                [("contact", thread.contact), ("phone_number_id", thread.phoneNumberID)],
                of: "messages"
            ) { try take(message: $0) }
        }
        if order.withMedia { for file in files { try await take(file: file) } }
        for file in [conversations, messages, media] { try file.close() }
        try writeManifest(mode)
        try folder.finish()
        print(
            "\(folder.path): \(conversations.lines) conversations, \(messages.lines) messages,"
                + " \(fileCount) files of \(fileBytes) bytes"
                + (missing > 0 ? "; \(missing) files are missing, media.jsonl says why" : ""))
    }

    private var missing: Int { media.lines - fileCount }

    private func take(thread: JSONValue) throws {
        let names = ["group_id", "contact", "user_id"].compactMap { thread[$0]?.text }
        guard contact.map({ names.contains($0) }) ?? true else { return }
        try conversations.append(line: thread)
        threads.append(
            Thread(contact: names.first, phoneNumberID: thread["phone_number_id"]?.text))
    }

    private func take(message: JSONValue) throws {
        guard seen.insert(MessageKey(message["id"]?.text ?? "")).inserted else { return }
        try messages.append(line: message)
        for file in ExportedMedia.named(by: message) where fileIDs.insert(file.id).inserted {
            files.append(file)
        }
    }

    private func take(file: ExportedMedia) async throws {
        let name = "\(ExportFolder.media)/\(file.safeName)"
        do {
            let (head, written) = try await source.download(file.id) {
                folder.remove(name)
                return try folder.file(name)
            }
            // The entity tag is the sum that was taken when it came.
            guard head["etag"] == "\"\(written.sha256)\"" else {
                folder.remove(name)
                complain("\(file.id): the file is not what it was when it came")
                return try media.append(line: [
                    "id": .string(file.id),
                    "error": [
                        "code": "damaged", "message": "The file is not what it was when it came.",
                    ],
                ])
            }
            fileCount += 1
            fileBytes += written.bytes
            try media.append(line: [
                "id": .string(file.id), "file": .string(name), "sha256": .string(written.sha256),
                "size": .integer(Int64(written.bytes)),
                "mime_type": head["content-type"].map(JSONValue.string) ?? .null,
                "filename": file.filename.map(JSONValue.string) ?? .null,
            ])
        } catch let refusal as ExportSource.Refusal where !refusal.passes {
            // Not here (any more, or yet), which is no fault of the export's.
            guard [404, 410, 503].contains(refusal.status) else { throw refusal }
            try media.append(line: ["id": .string(file.id), "error": refusal.error])
        }
    }

    private func writeManifest(_ mode: Mode) throws {
        let sums = [
            "conversations.jsonl": conversations, "messages.jsonl": messages, "media.jsonl": media,
        ].mapValues { JSONValue.string($0.sha256) }
        let manifest = try folder.file("manifest.json")
        try manifest.append(line: [
            "release": .string(Protocol.release), "mode": .string(mode.rawValue),
            "made_at": .string(Timestamp(milliseconds: Clocks.wall).text),
            "contact": contact.map(JSONValue.string) ?? .null,
            "conversations": .integer(Int64(conversations.lines)),
            "messages": .integer(Int64(messages.lines)),
            "media": [
                "wanted": .bool(order.withMedia), "files": .integer(Int64(fileCount)),
                "bytes": .integer(Int64(fileBytes)), "missing": .integer(Int64(missing)),
            ],
            "sha256": .object(sums),
        ])
        try manifest.close()
    }
}

/// A message's id in 16 bytes, so that a million of them have room.
private struct MessageKey: Hashable {
    private let high, low: UInt64

    init(_ id: String) {
        let digest = SHA256.digest(Data(id.utf8))
        high = digest[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = digest[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
