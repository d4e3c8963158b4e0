// Every method of the system on one page. A name is for ever; a change of its parameters or answer
// is a change of `Protocol.version`, of the page in Protocols/, of its examples and of CHANGES.md.

/// What `signer` answers.
package enum SignerOperation: String, Operation {
    package static let service = Service.signer
    case verify = "signer.verify"
    case challenge = "signer.challenge"
    case authenticate = "signer.authenticate"
    case canary = "signer.canary"
    case sample = "signer.sample"
    case proof = "signer.proof"
    case describe = "process.describe"
}

/// What `provider` answers.
package enum ProviderOperation: String, Operation {
    package static let service = Service.provider
    case send = "provider.send"
    case message = "provider.message"
    case deadLetters = "provider.dead_letters"
    case retry = "provider.retry"
    case discard = "provider.discard"
    case beginUpload = "provider.upload_begin"
    case uploadPart = "provider.upload_part"
    case endUpload = "provider.upload_end"
    case dropUpload = "provider.upload_drop"
    case media = "provider.media"
    case audit = "provider.audit"
    case backUp = "provider.back_up"
    case templates = "provider.templates"
    case describe = "process.describe"
}

/// What `inbox` answers.
package enum InboxOperation: String, Operation {
    package static let service = Service.inbox
    case position = "inbox.position"
    case append = "inbox.append"
    case redact = "inbox.redact"
    case conversations = "inbox.conversations"
    case messages = "inbox.messages"
    case search = "inbox.search"
    case message = "inbox.message"
    case follow = "inbox.follow"
    case audit = "inbox.audit"
    case backUp = "inbox.back_up"
    case describe = "process.describe"
}

/// The protocol between the processes.
package enum Protocol {
    /// What both sides of a connection must have in common.
    package static let version = 1
    /// The release of this source tree, said in `process.hello` and in health.
    package static let release = "0.1.0"
    /// The connecting side's first request, answered by the connection itself.
    package static let hello = "process.hello"
}
