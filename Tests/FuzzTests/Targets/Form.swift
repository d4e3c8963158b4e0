import HTTP1

/// A form that was read: its parts, and what was wrong or whether its end was seen.
private struct Form: Equatable {
    struct Part: Equatable {
        let head: FormReader.PartHead
        var content: [UInt8] = []
    }

    var parts: [Part] = []
    var error: FormError?
    var isWhole = false

    init(_ pieces: [ArraySlice<UInt8>], boundary: String) throws {
        do throws(FormError) {
            var reader = try FormReader(boundary: boundary)
            for piece in pieces {
                reader.append(Array(piece))
                events: while true {
                    switch try reader.next() {
                    case .needsBytes: break events
                    case .part(let head): parts.append(Part(head: head))
                    case .content(let bytes):
                        guard !bytes.isEmpty, !isWhole, !parts.isEmpty else {
                            isMisread = true
                            break events
                        }
                        parts[parts.count - 1].content += bytes
                    case .end: isWhole = true
                    }
                }
            }
        } catch {
            self.error = error
        }
        try promise("content that is none, or has no part", !isMisread)
    }

    private var isMisread = false

    /// The same form as one of our making; nil where a part's fields can't be written so.
    func written(boundary: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for part in parts {
            let texts = [part.head.name, part.head.filename ?? ""]
            // A backslash before a quote, or before another, is an escape.
            guard !texts.contains(where: { $0.utf8.contains(0x5C) || $0.utf8.contains(0x22) })
            else {
                return nil
            }
            bytes += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(texts[0])\"".utf8
            if part.head.filename != nil { bytes += "; filename=\"\(texts[1])\"".utf8 }
            if let type = part.head.contentType { bytes += "\r\nContent-Type:\(type)".utf8 }
            bytes += "\r\n\r\n".utf8 + part.content + "\r\n".utf8
        }
        return bytes + "--\(boundary)--".utf8
    }
}

/// However a form's bytes are cut, its parts are the same, and written anew they are read again.
func readForm(_ input: [UInt8]) throws {
    let boundary = boundary(of: input)
    var chance = Chance(of: input)
    let whole = try Form([input[...]], boundary: boundary)
    for longest in [1, 30] {
        let pieces = try Form(chance.pieces(of: input, longest: longest), boundary: boundary)
        try promise("another form in pieces", pieces == whole)
    }
    let content = whole.parts.reduce(0) { $0 + $1.content.count }
    try promise("more content than was sent", content <= input.count)
    try promise("too many parts", whole.parts.count <= Limit.formParts)
    try promise("whole and wrong", !whole.isWhole || whole.error == nil)
    guard whole.isWhole, let written = whole.written(boundary: boundary) else { return }
    try promise(
        "another form when it is written anew",
        try Form([written[...]], boundary: boundary) == whole)
}

/// What the first line names, as the header would; else any.
private func boundary(of input: [UInt8]) -> String {
    let line = input.prefix { $0 != 0x0D }.drop { $0 == 0x2D }
    let boundary = String(decoding: line, as: UTF8.self)
    return (try? FormReader(boundary: boundary)) == nil ? "b" : boundary
}
