import CloudAPI
import FoundationEssentials
import JSON
import Wire

@testable import Provider

/// What is taken can be sent as it was read; what is refused is refused by name, and echoed in short.
func readSend(_ input: [UInt8]) throws {
    let body = Data(input)
    for form in SendMessage.Form.allCases {
        let request: SendRequest
        do throws(Problem) { request = try SendRequest(body, as: form) } catch {
            try check(error)
            continue
        }
        try check(request, form)
    }
}

private func check(_ request: SendRequest, _ form: SendMessage.Form) throws {
    guard case .message(let send) = request else {
        return try promise("a read mark of another route", form == .messages)
    }
    let message = send.message
    try promise("a line of nothing", !message.content.listText.isEmpty)
    try promise("an object of another kind", try message.content.object() == send.object)
    if case .phone(let digits) = message.to {
        try promise(
            "sent to no number",
            (PhoneNumber.minimumDigits...PhoneNumber.maximumDigits).contains(digits.utf8.count))
    }
    // As it goes to Meta, it is a body of the Cloud API, and stays it.
    let body = try message.body()
    guard case .message(let again) = try OutboundRequest.decode(cloudAPIBody: body) else {
        throw BrokenPromise(description: "Meta would take it for a read mark")
    }
    try promise("another message in Meta's body", try again.body() == body)
}

/// Characters of the caller's own that an answer may repeat, and of our words around them.
private let longestAnswer = 400

private func check(_ problem: Problem) throws {
    try promise("not the caller's fault: \(problem.message)", problem.httpStatus == 400)
    try promise("nobody knows why", !problem.message.isEmpty && !problem.hint.isEmpty)
    try promise(
        "it repeats what it was given",
        problem.message.count <= longestAnswer && (problem.field ?? "").count <= longestAnswer)
}
