import CloudAPI
import FoundationEssentials
import JSON
import Wire

/// However a stream is cut, it has the same frames; and they are its bytes, in their order.
func readFrames(_ input: [UInt8]) throws {
    var chance = Chance(of: input)
    let whole = read([input[...]])
    for longest in [1, 50] {
        let pieces = read(chance.pieces(of: input, longest: longest))
        try promise("other frames in pieces", pieces == whole)
    }
    var written: [UInt8] = []
    for payload in whole.payloads { written += try Frame.header(for: payload.count) + payload }
    try promise("frames of other bytes", input.starts(with: written))
    let rest = input.count - written.count
    try promise("bytes are left", whole.error != nil || whole.isBetweenFrames == (rest == 0))
    for payload in whole.payloads { try readEnvelope(Array(payload)) }
}

private struct Stream: Equatable {
    var payloads: [Data] = []
    var error: WireError?
    var isBetweenFrames = true
}

private func read(_ pieces: [ArraySlice<UInt8>]) -> Stream {
    var stream = Stream()
    var reader = FrameReader()
    do throws(WireError) {
        for piece in pieces {
            var rest = piece
            while !rest.isEmpty {
                let count = reader.fill { room in
                    let count = min(room.count, rest.count)
                    room.copyBytes(from: rest.prefix(count))
                    return (count, count)
                }
                rest = rest.dropFirst(count)
                while let payload = try reader.next() { stream.payloads.append(payload) }
            }
        }
    } catch {
        stream.error = error
    }
    stream.isBetweenFrames = reader.isBetweenFrames
    return stream
}

/// A payload is a request, an answer, or malformed; what is read of it is what JSON says.
func readEnvelope(_ input: [UInt8]) throws {
    // A slice, as it must not be counted from zero.
    let payload = Data([0x20] + input).dropFirst()
    let value = try? JSONValue(parsing: Data(input))
    let decoder = JSONDecoder()
    if let request = try? IncomingRequest(payload) {
        if let value {
            try promise("another id", value["id"]?.integer == request.id)
            try promise("another method", value["method"]?.text == request.method)
        }
        try rewrite(VerifySignature.self, request, decoder)
        try rewrite(SendMessage.self, request, decoder)
        try rewrite(AppendEntries.self, request, decoder)
        try rewrite(SearchMessages.self, request, decoder)
        try rewrite(UploadPart.self, request, decoder)
        if let hello = try? request.decodeHello(with: decoder) {
            let again = try IncomingRequest(
                Outgoing.hello(hello, id: request.id, with: .gateway()))
            try promise("another hello", try again.decodeHello(with: decoder) == hello)
        }
    }
    if let answer = try? IncomingAnswer(payload, with: decoder) {
        if let value { try promise("another id", value["id"]?.integer == answer.id) }
        if let verdict = try? answer.decode(VerifySignature.Answer.self, with: decoder) {
            let again = try IncomingAnswer(
                Outgoing.answer(verdict, id: answer.id, with: .gateway()), with: decoder)
            try promise(
                "another verdict",
                try again.decode(VerifySignature.Answer.self, with: decoder) == verdict)
        }
        _ = try? answer.decode(FollowChanges.Answer.self, with: decoder)
    }
}

private func rewrite<Asked: Request>(
    _ type: Asked.Type, _ request: IncomingRequest, _ decoder: JSONDecoder
) throws {
    guard request.method == Asked.operation.rawValue,
        let (asked, until) = try? request.decode(type, with: decoder)
    else { return }
    let encoder = JSONEncoder.gateway(sorted: true)
    let written = try Outgoing.request(asked, id: request.id, until: until, with: encoder)
    let (again, _) = try IncomingRequest(written).decode(type, with: decoder)
    try promise(
        "another request when it is written anew",
        try Outgoing.request(again, id: request.id, until: until, with: encoder) == written)
}
