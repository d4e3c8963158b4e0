package import JSON

/// One thing that a webhook tells, apart from the others in its batch.
package enum Update: Hashable, Sendable {
    /// Somebody wrote.
    case message(InboundMessage)
    /// Written in the business's own app, or in a chat before this gateway was there.
    case appMessage(AppMessage)
    /// A message of ours got further, or failed.
    case status(MessageStatusUpdate)
    /// Trouble with the number or the account, tied to no message.
    case errors(AccountErrors)
    /// A change of another field: account, templates, numbers, people, groups, calls, and every field that
    /// Meta adds.
    case account(AccountEvent)
    /// A body for another product of Meta's. Not ours, answered all the same.
    case foreign(object: String, raw: JSONValue)
    /// The part at `path` could not be read; everything beside it was.
    case malformed(raw: JSONValue, path: String, reason: String)
}

/// The elements of `value.errors[]`.
package struct AccountErrors: Hashable, Sendable {
    /// Empty when the change named none.
    package let phoneNumberID: String
    package let wabaID: String
    package let errors: [CloudError]
    package let raw: JSONValue
}
