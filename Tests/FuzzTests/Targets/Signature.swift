import BadRequests
import FoundationEssentials
import HTTP1

@testable import Ingress
@testable import Signer

private let secret = Array("app secret".utf8)
private let body = Data("{}".utf8)
private let right = BodySignature(of: body, under: secret).text

/// Only one header, in one shape, proves anything, and only the code of this body under this secret.
func readSignature(_ input: [UInt8]) throws {
    let value = String(decoding: input, as: UTF8.self)
    let isShaped =
        input.count == 71 && input.starts(with: "sha256=".utf8)
        && input.dropFirst(7).allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }

    let field = Array("X-Hub-Signature-256:".utf8) + input + Array("\r\n".utf8)
    // With a line's end in it, it is more than a value.
    if !input.contains(0x0D), let head = webhookHead(field) {
        let header = SignatureHeader(head)
        // Blanks around a value are no part of it.
        let hasBlanks = [0x20, 0x09].contains { $0 == input.first || $0 == input.last }
        try promise("another shape passes", hasBlanks || (header != nil) == isShaped)
        if let header {
            try promise("signer reads it otherwise", BodySignature(header.value) != nil)
        }
        let twice = webhookHead(field + field)
        try promise("two headers pass", twice.flatMap { SignatureHeader($0) } == nil)
    }
    guard let signature = BodySignature(value) else { return }
    try promise("another code", signature.text == value.lowercased())
    let proves = signature.proves(body, under: secret)
    try promise("the code of another body", proves == (signature.text == right))
    try promise(
        "a code of two bodies", !proves || !signature.proves(Data("{} ".utf8), under: secret))
    try promise("a code under two secrets", !proves || !signature.proves(body, under: [0]))
}

/// The head of a webhook with these field lines; nil where they are none.
private func webhookHead(_ fields: [UInt8]) -> RequestHead? {
    var visit = Visit()
    let start = Array("POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n".utf8)
    visit.send((start + fields + Array("\r\n{}".utf8))[...])
    return visit.heads.first
}
