internal import HTTP1

/// The one header that proves a webhook, in the only shape that it can have.
struct SignatureHeader {
    /// `sha256=` and 64 hex digits.
    let value: String

    /// Nil unless it is there exactly once and in that shape; looked at before the body is read.
    init?(_ head: RequestHead) {
        guard case .one(let value) = head.fields.only("X-Hub-Signature-256"),
            value.utf8.count == 71,
            value.hasPrefix("sha256="),
            value.utf8.dropFirst(7).allSatisfy({
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20)
            })
        else { return nil }
        self.value = value
    }
}
