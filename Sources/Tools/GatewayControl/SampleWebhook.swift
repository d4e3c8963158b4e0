internal import Daemon
internal import Glibc
internal import IPC
internal import Wire

/// Lets signer make and sign a message as Meta would send it, and posts it to the gateway.
func sampleWebhook(_ group: Group, _ arguments: [String]) async throws -> CInt {
    let text = arguments.isEmpty ? "Hello from a sample webhook" : arguments.joined(separator: " ")
    let phoneNumberID =
        group.surroundings.value("WHATSAPP_PHONE_NUMBER_ID")?.split(separator: ",").first.map(
            String.init)
        ?? StubAccount.phoneNumberID
    let signed = try await group.client(to: .signer).ask(
        MakeSample(
            text: text, from: StubAccount.customer, name: StubAccount.customerName,
            phoneNumberID: phoneNumberID),
        within: .seconds(3))
    let answer = try group.http().ask(
        "POST", "/api/whatsapp/webhook",
        headers: ["Content-Type: application/json", "X-Hub-Signature-256: \(signed.signature)"],
        body: [UInt8](signed.body))
    print("\(answer.status) \(answer.body)")
    return answer.status == 200 ? 0 : 1
}
