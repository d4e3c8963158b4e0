/// JSON was nested deeper than ``JSONValue/maximumDepth``.
///
/// Found as the underlying error of a `DecodingError.dataCorrupted`.
package struct JSONTooDeep: Error, Hashable {
    fileprivate var asDecodingError: DecodingError {
        .dataCorrupted(
            .init(
                codingPath: [],
                debugDescription: "nested deeper than \(JSONValue.maximumDepth) levels",
                underlyingError: self))
    }
}

extension JSONValue: Decodable {
    /// The deepest nesting that is read; the root is level 1.
    ///
    /// Meta's deepest payload has about 15 levels. Reading recurses, so this also bounds the stack.
    package static let maximumDepth = 64

    /// Reads whatever is there, once.
    ///
    /// A leaf that the decoder cannot represent (`1e999`, half of a surrogate pair) reads as `null`,
    /// so that it costs itself and not its neighbours; the journal has the bytes.
    /// - Throws: `DecodingError` when the bytes are no JSON, or too deep (``JSONTooDeep``).
    package init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: AnyName.self) {
            self = try Self.read(object, depth: 1)
        } else if let array = try? decoder.unkeyedContainer() {
            self = try Self.read(array, depth: 1)
        } else {
            self = Self.read(try decoder.singleValueContainer())
        }
    }

    private struct AnyName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static func read(
        _ container: KeyedDecodingContainer<AnyName>, depth: Int
    ) throws -> JSONValue {
        guard depth <= maximumDepth else { throw JSONTooDeep().asDecodingError }
        let names = container.allKeys
        var members = [String: JSONValue](minimumCapacity: names.count)
        for name in names {
            members[name.stringValue] = try read(name, of: container, depth: depth)
        }
        return .object(members)
    }

    /// Each trial that fails costs a thrown error, so strings come first, then objects, then lists.
    private static func read(
        _ name: AnyName, of container: KeyedDecodingContainer<AnyName>, depth: Int
    ) throws -> JSONValue {
        if let text = try? container.decode(String.self, forKey: name) { return .string(text) }
        if let object = try? container.nestedContainer(keyedBy: AnyName.self, forKey: name) {
            return try read(object, depth: depth + 1)
        }
        if let array = try? container.nestedUnkeyedContainer(forKey: name) {
            return try read(array, depth: depth + 1)
        }
        if let integer = try? container.decode(Int64.self, forKey: name) {
            return .integer(integer)
        }
        if let bool = try? container.decode(Bool.self, forKey: name) { return .bool(bool) }
        if let number = try? container.decode(Double.self, forKey: name) { return .number(number) }
        return .null
    }

    /// Lists hold objects far more often than anything else.
    private static func read(
        _ container: any UnkeyedDecodingContainer, depth: Int
    ) throws -> JSONValue {
        guard depth <= maximumDepth else { throw JSONTooDeep().asDecodingError }
        var container = container
        var elements: [JSONValue] = []
        elements.reserveCapacity(container.count ?? 0)
        while !container.isAtEnd {
            if let object = try? container.nestedContainer(keyedBy: AnyName.self) {
                elements.append(try read(object, depth: depth + 1))
            } else if let array = try? container.nestedUnkeyedContainer() {
                elements.append(try read(array, depth: depth + 1))
            } else {
                // A container of its own for the leaf: it moves on whether or not the leaf is readable.
                elements.append(read(try container.superDecoder().singleValueContainer()))
            }
        }
        return .array(elements)
    }

    private static func read(_ leaf: any SingleValueDecodingContainer) -> JSONValue {
        if let text = try? leaf.decode(String.self) { return .string(text) }
        if let integer = try? leaf.decode(Int64.self) { return .integer(integer) }
        if let bool = try? leaf.decode(Bool.self) { return .bool(bool) }
        if let number = try? leaf.decode(Double.self) { return .number(number) }
        return .null
    }
}
