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
    /// A body's text parameter when nothing but the body has parameters.
    package static let bodyParameter = 32768
    /// The same beside other components.
    package static let bodyParameterBesideOthers = 1024
    /// Found in Meta's OpenAPI file, v23, for calls.
    package static let callbackData = 512
    /// Not Meta's: what our columns and every file system take.
    package static let filename = 255
    /// Not Meta's: ids have about 60 characters, and are opaque.
    package static let identifier = 255
    /// Not Meta's: what proxies and browsers take.
    package static let link = 2048

    /// One emoji may be a family of many scalars; no more than this is drawn as one.
    package static let emoji = 32
    /// Cards in one message (Meta, "Contacts messages").
    package static let contacts = 257
    /// Not Meta's: a part of a card or a place; nobody's name or street is longer.
    package static let part = 1024

    // Meta, "Interactive messages", one page a kind.

    /// Meta's page says 4096 for lists, its OpenAPI file 1024: this is taken by both.
    package static let interactiveBody = 1024
    package static let header = 60
    package static let footer = 60
    package static let buttons = 3
    package static let buttonID = 256
    /// Of reply buttons, of the button that opens a list, a link or a flow.
    package static let buttonTitle = 20
    package static let sections = 10
    /// In all sections together.
    package static let rows = 10
    package static let rowID = 200
    /// Of a section, too.
    package static let rowTitle = 24
    package static let rowDescription = 72
    /// In all sections together.
    package static let products = 30
    package static let cards = 2...10
    package static let cardBody = 160
    /// A coupon's code; that of an authentication template is shorter still.
    package static let couponCode = 20
    /// Not Meta's: a header, a body, ten buttons and some that are rare.
    package static let templateComponents = 20
}
