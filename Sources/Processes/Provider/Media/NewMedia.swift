internal import FoundationEssentials
internal import JSON
internal import Wire

extension MediaRow {
    /// A file that an event of inbox's tells of for the first time; nil for any other event.
    ///
    /// One that is told as anything but pending has been through here. Of outbound ones only the business's
    /// own app's are at Meta and not here.
    init?(_ event: Event) {
        guard Self.tellingEvents.contains(event.type),
            event.data["direction"]?.text == Direction.inbound.rawValue
                || event.data["origin"]?.text != nil,
            let media = event.data["media"],
            media["state"]?.text == MediaState.pending.rawValue,
            let id = media["id"]?.text, !id.isEmpty
        else { return nil }
        let received = event.data["received_at"]?.text.flatMap(Timestamp.init(text:)) ?? event.at
        self.init(
            id: id, phoneNumberID: event.phoneNumberID, origin: .received, state: .pending,
            // Meta leaves it out at times; then bytes are all that is known of it.
            mimeType: media["mime_type"]?.text ?? "application/octet-stream",
            sha256: media["sha256"]?.text.flatMap(MediaDigest.hex),
            filename: media["filename"]?.text, receivedAt: received.milliseconds)
    }

    /// The events that may tell of a file.
    static let tellingEvents = [
        "message.received", "message.updated", "message.echoed", "message.imported",
    ]
}
