/// What Meta takes.
///
/// All lengths are Unicode scalars.
package enum OutboundLimits {
    /// Meta, "Text messages".
    package static let textBody = 4096
    /// Meta, "Image messages" and its siblings.
    package static let caption = 1024
    /// Meta, "Message templates".
    package static let templateName = 512
    /// Languages are `de` or `pt_BR`; no code that Meta lists is longer than this.
    package static let languageCode = 15
    /// A header's text parameter (Meta, "Message templates").
    package static let headerParameter = 60
    /// A body's text parameter when the template is nothing but a body; else Meta stops at 1024 itself.
    package static let bodyParameter = 32768
    /// Found in Meta's OpenAPI file, v23, for calls.
    package static let callbackData = 512
    /// Not Meta's: what our columns and every file system take.
    package static let filename = 255
    /// Not Meta's: ids have about 60 characters, and are opaque.
    package static let identifier = 255
    /// Not Meta's: what proxies and browsers take.
    package static let link = 2048
}
