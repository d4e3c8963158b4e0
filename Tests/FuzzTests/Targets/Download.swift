import BadRequests
import HTTP1

private let size = 1_000
private let tag = EntityTag("abc")

/// The input's first line is a file's name, the others are fields of the request for it.
///
/// A name cannot break out of its header or its folder; a range is a part of the file.
func readDownload(_ input: [UInt8]) throws {
    let end = input.firstIndex(of: 0x0A) ?? input.endIndex
    try checkName(String(decoding: input[..<end], as: UTF8.self))

    var visit = Visit()
    let start = Array("GET /download HTTP/1.1\r\nHost: a\r\n".utf8)
    let fields = input[end...].dropFirst().split(separator: 0x0A).flatMap { $0 + [0x0D, 0x0A] }
    visit.send((start + fields + [0x0D, 0x0A])[...])
    guard let head = visit.heads.first else { return }
    switch Selection(head, size: size, tag: tag) {
    case .range(let range):
        try promise("a range of nothing", !range.isEmpty && range.upperBound <= size)
        try promise("a range nobody asked for", head.fields.contains("Range"))
    case .unsatisfiable: try promise("nobody asked for a range", head.fields.contains("Range"))
    case .notModified, .preconditionFailed, .whole: break
    }
    for value in head.fields.all("Content-Type") { try checkValue(value) }
}

private func checkName(_ name: String) throws {
    let disposition = Attachment.disposition(name)
    try promise(
        "a header of more than visible ASCII",
        disposition.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    guard let value = ParameterizedValue(disposition) else {
        throw BrokenPromise(description: "a header that we would not read")
    }
    try promise("another disposition", value.value == "attachment")
    guard let safe = Attachment.safeName(name) else { return }
    try promise("too long", safe.utf8.count <= Attachment.longestName)
    try promise("it leads out of its folder", !safe.utf8.contains(0x2F) && safe.utf8.first != 0x2E)
    try promise("another name the second time", Attachment.safeName(safe) == safe)
    try promise("the header has no name", value["filename"] != nil)
}

/// What was read of a value with parameters is read of it again when it is written anew.
private func checkValue(_ text: String) throws {
    guard let value = ParameterizedValue(text) else { return }
    let written = value.parameters.map { parameter in
        let escaped = parameter.value.unicodeScalars.flatMap {
            $0 == "\\" || $0 == "\"" ? ["\\", $0] : [$0]
        }
        return "; \(parameter.name)=\"\(String(String.UnicodeScalarView(escaped)))\""
    }
    try promise(
        "another value when it is written anew",
        ParameterizedValue(value.value + written.joined()) == value)
}
