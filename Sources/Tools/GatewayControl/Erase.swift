internal import Daemon
internal import FoundationEssentials
internal import JSON

/// Erases a person, over the API that callers use; without `--yes` it asks first.
///
/// Returns 0 when the erasure is durable, 1 when it was refused or not wanted, 64 for wrong arguments.
func erase(_ group: Group, _ arguments: [String]) throws -> CInt {
    let words = arguments.filter { $0 != "--yes" }
    guard words.count == 1, let contact = words.first, !contact.hasPrefix("-"), !contact.isEmpty
    else {
        complain("usage: erase CONTACT [--yes], a number with its country code or a user id")
        return Exit.usage
    }
    if words.count == arguments.count {
        print("This erases all messages with \(contact), for good. Write yes to go on:")
        guard readLine() == "yes" else {
            complain("nothing was erased")
            return 1
        }
    }
    let body: JSONValue = ["contact": .string(contact)]
    let token = try group.token()
    let answer = try group.http().ask(
        "POST", "/api/whatsapp/erase",
        headers: ["Content-Type: application/json"]
            + (token.map { ["Authorization: Bearer \($0)"] } ?? []),
        body: Array(body.encoded()))
    guard answer.status == 200 else {
        let error = try? JSONValue(parsing: Data(answer.body.utf8))["error"]
        complain(
            error.map { "\($0["message"]?.text ?? "") \($0["hint"]?.text ?? "")" }
                ?? "the gateway answered \(answer.status)")
        return 1
    }
    print(
        "erased: what was received of \(contact) until now goes, as soon as inbox has read this;"
            + " it is done when health says erasing 0 of ingress, provider and inbox")
    return Exit.done
}
