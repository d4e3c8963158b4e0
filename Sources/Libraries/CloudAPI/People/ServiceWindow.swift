/// The time in which a person may be written to without a template.
package enum ServiceWindow {
    /// How long it stays open after the person wrote, in milliseconds, by Meta's clock (Meta, "Send
    /// messages").
    package static let length: Int64 = 24 * 60 * 60 * 1_000
}
