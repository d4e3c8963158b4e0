import BadRequests
import HTTP1

/// Within any of our deadlines and long after all of them.
private let longAfter = Duration.seconds(100_000)

/// However a connection's bytes are cut, it takes the same visit, and answers each request once.
func readConnection(_ input: [UInt8]) throws {
    var chance = Chance(of: input)
    let whole = visit([input[...]])
    try check(whole, of: input)
    for longest in [1, 40] {
        let pieces = visit(chance.pieces(of: input, longest: longest))
        try promise("other answers in pieces", pieces.answers == whole.answers)
        try promise("other errors in pieces", pieces.errors == whole.errors)
        try promise(
            "other heads in pieces", pieces.heads.map(\.target) == whole.heads.map(\.target))
        try promise("other bodies in pieces", pieces.bodies == whole.bodies)
        try promise("other parts in pieces", pieces.parts == whole.parts)
        try promise("other output in pieces", pieces.output == whole.output)
        try promise(
            "another end in pieces",
            pieces.isClosed == whole.isClosed && pieces.isShutDown == whole.isShutDown)
    }
    var left = whole
    left.end()
    try promise("what is not owed an answer is closed", left.isClosed)
    var waiting = whole
    for _ in 0..<3 where !waiting.isClosed {
        waiting.now += longAfter
        _ = waiting.expire()
    }
    try promise("no deadline ends it", waiting.isClosed)
    try promise("it is served late", waiting.bodies == whole.bodies)
}

private func visit(_ pieces: [ArraySlice<UInt8>]) -> Visit {
    var visit = Visit()
    visit.download = (nil, [Array("hello".utf8), [], Array("you".utf8)])
    for piece in pieces { visit.send(piece, size: max(1, piece.count)) }
    return visit
}

private func check(_ visit: Visit, of input: [UInt8]) throws {
    let answers = visit.outputText.split(separator: "HTTP/1.1 ", omittingEmptySubsequences: true)
    try promise("not one answer each", answers.count == visit.answers.count)
    // The last head may wait for its body; what is refused may never have had one.
    try promise(
        "not one answer a request",
        (visit.heads.count - 1...visit.heads.count + 1).contains(visit.answers.count))
    try promise("more than one refusal", visit.errors.count <= 1)
    if !visit.errors.isEmpty {
        guard case .refused? = visit.answers.last else {
            throw BrokenPromise(description: "something follows a refusal")
        }
        try promise(
            "a refusal keeps the connection",
            visit.isShutDown && answers.last?.contains("\r\nConnection: close\r\n") == true)
    }
    for answer in answers {
        try promise("an answer without an end of its head", answer.contains("\r\n\r\n"))
    }
    for body in visit.bodies {
        try promise("a body of more than was sent", body.count <= input.count)
    }
    for part in visit.parts.dropLast() {
        try promise("a part of another size", part.count == visit.partLimit)
    }
    for head in visit.heads { try check(head) }
}

private func check(_ head: RequestHead) throws {
    try promise("too many fields", head.fields.count <= Limit.fields)
    try promise("a head without a host", head.host != nil || head.version == .http10)
    try promise(
        "a target of more than visible ASCII",
        head.target.utf8.allSatisfy { (0x21...0x7E).contains($0) })
    for segment in head.segments {
        try promise(
            "a control in a path", segment.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    }
    for name in ["Content-Type", "Idempotency-Key", "Prefer", "Last-Event-ID", "Authorization"] {
        for value in head.fields.all(name) {
            try promise(
                "a control in a field",
                value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
        }
    }
}
