internal import JSON

/// Proves that every leaf of a JSON text can be read.
///
/// `JSONValue` reads a leaf that can't be (half of a surrogate pair, a bare control character, `1e999`)
/// as `null`, which is right for what Meta posts; of a caller it would be told that the field is missing.
struct ReadableJSON: Decodable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: Name.self) {
            for name in members.allKeys where try !members.decodeNil(forKey: name) {
                _ = try members.decode(ReadableJSON.self, forKey: name)
            }
        } else if var elements = try? decoder.unkeyedContainer() {
            while !elements.isAtEnd { _ = try elements.decode(ReadableJSON.self) }
        } else {
            let leaf = try decoder.singleValueContainer()
            if leaf.decodeNil() || (try? leaf.decode(Bool.self)) != nil { return }
            if (try? leaf.decode(Double.self)) == nil { _ = try leaf.decode(String.self) }
        }
    }
}

extension JSONValue {
    /// Whether a `null` is anywhere in it.
    var containsNull: Bool {
        switch self {
        case .null: true
        case .bool, .integer, .number, .string: false
        case .array(let elements): elements.contains(where: \.containsNull)
        case .object(let members): members.values.contains(where: \.containsNull)
        }
    }
}
