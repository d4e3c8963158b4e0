import FoundationEssentials
import JSON

/// What is read as JSON is what the toolchain's decoder reads, and is read again as we write it.
func readJSON(_ input: [UInt8]) throws {
    guard let value = try? JSONValue(parsing: Data(input)) else { return }
    try promise(
        "the decoder reads something else", decoded(input).map { isSame($0, value) } ?? false)
    for form in [JSONValue.TextForm.utf8, .escaped] {
        let written = value.encoded(form)
        let again = try JSONValue(parsing: written)
        try promise("another value when it is written anew", again == value)
        try promise("two texts of one value", again.encoded(form) == written)
    }
    // Of a list or an object nothing can be left out at the end.
    guard value.members != nil || value.elements != nil,
        let end = input.lastIndex(where: { $0 == 0x5D || $0 == 0x7D })
    else { return }
    var chance = Chance(of: input)
    let cut = Int.random(in: 0...end, using: &chance)
    try promise("it is read without its end", (try? JSONValue(parsing: Data(input[..<cut]))) == nil)
}

private func decoded(_ input: [UInt8]) -> JSONValue? {
    try? JSONDecoder().decode(JSONValue.self, from: Data(input))
}

/// The same but for fractions beyond 2^53, of which the decoder rounds some.
private func isSame(_ decoded: JSONValue, _ parsed: JSONValue) -> Bool {
    switch (decoded, parsed) {
    case (.number(let number), .integer(let integer)):
        number.magnitude >= 0x1p53 && (Double(integer) - number).magnitude <= number.ulp
    case (.array(let left), .array(let right)):
        left.count == right.count && zip(left, right).allSatisfy(isSame)
    case (.object(let left), .object(let right)):
        left.count == right.count
            && left.allSatisfy { name, value in right[name].map { isSame(value, $0) } ?? false }
    default: decoded == parsed
    }
}
