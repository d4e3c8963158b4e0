import CloudAPI
import FoundationEssentials
import JSON

@testable import Inbox

/// Each part of a webhook is read apart from its neighbours, under the same key each time.
func readWebhook(_ input: [UInt8]) throws {
    guard let payload = try? JSONValue(parsing: Data(input)) else { return }
    try checkRedaction(of: payload)
    guard let updates = try? WebhookPayload.updates(in: payload) else { return }
    for update in updates { try check(update) }

    let anew = try WebhookPayload.decode(payload.encoded(.escaped))
    try promise("other updates when it is written anew", anew == updates)
    try promise(
        "other keys when it is written anew", anew.map(\.dedupeKey) == updates.map(\.dedupeKey))

    guard let entries = payload["entry"]?.elements, !isForeign(updates) else { return }
    let twice: JSONValue = [
        "object": payload["object"] ?? .null, "entry": .array(entries + entries),
    ]
    let keys = updates.map(\.dedupeKey)
    try promise(
        "a neighbour changes what is read",
        try WebhookPayload.updates(in: twice).map(\.dedupeKey) == keys + keys)
}

private func isForeign(_ updates: [Update]) -> Bool {
    if case .foreign? = updates.first { true } else { false }
}

private func check(_ update: Update) throws {
    switch update {
    case .message(let message): try check(message)
    case .appMessage(let past): try check(past.message)
    case .status(let status): try promise("a status of no message", !status.wamid.isEmpty)
    case .account(let event):
        _ = event.alarm
        _ = event.isKnown
    case .malformed(_, let path, let reason):
        try promise("malformed, and nobody knows why", !path.isEmpty && !reason.isEmpty)
    case .errors, .foreign: break
    }
}

private func check(_ message: InboundMessage) throws {
    let line = message.listText
    try promise(
        "a line of \(line.count) characters",
        !line.isEmpty && line.count <= 160 && line.unicodeScalars.count <= 640)
    try promise("a line with an end in it", !line.contains { $0.isNewline })
    try promise("a message without a key", !message.wamid.isEmpty && !message.phoneNumberID.isEmpty)
    _ = message.opensWindow
    _ = message.shownContent
    _ = message.sharedOwnNumber
}

/// Of nobody nothing goes; what is gone once is not there a second time.
private func checkRedaction(of payload: JSONValue) throws {
    let nobody = Redaction { _ in false }
    try promise("something of nobody's goes", try nobody.rest(of: payload) == payload)
    for isErased in [{ (_: String) in true }, { $0.utf8.reduce(0, &+) % 2 == 0 }] {
        let redaction = Redaction(isErased: isErased)
        guard let rest = try redaction.rest(of: payload) else { continue }
        try promise("more goes the second time", try redaction.rest(of: rest) == rest)
    }
}
