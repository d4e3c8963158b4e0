internal import Digest
internal import FoundationEssentials

/// Ids that are hashes of what they name, so that every fold of the same journals gives the same.
enum Identifiers {
    /// Bytes of the digest that are kept: 104 bits, so that two of a billion meet once in 10^13 inboxes.
    private static let keptBytes = 13

    /// An inbound message, by its key (Meta promises the wamid to be unique per number only).
    static func message(phoneNumberID: String, wamid: String) -> String {
        "msg_" + hash(phoneNumberID, wamid)
    }

    /// A conversation, by the business number and the person's or group's key.
    static func conversation(phoneNumberID: String, party: String) -> String {
        "conv_" + hash(phoneNumberID, party)
    }

    /// What makes two deliveries of the same bytes one.
    static func content(_ bytes: Data) -> String { Hex.encode(SHA256.digest(bytes)) }

    /// The NUL between the two keeps ("1", "23") apart from ("12", "3").
    private static func hash(_ first: String, _ second: String) -> String {
        var bytes = Array(first.utf8)
        bytes.append(0)
        bytes += second.utf8
        return Hex.encode(SHA256.digest(bytes).prefix(keptBytes))
    }
}
