import JSON

/// What a value must look like for Meta to take it.
///
/// A name that a shape does not have is refused: a misspelt optional field would else be a message
/// that goes out without it.
indirect enum Shape: Sendable {
    /// A rule that one value alone can't tell; gets the value and its path.
    typealias Rule = @Sendable (JSONValue, String) throws(OutboundError) -> Void

    /// A string; the range counts Unicode scalars.
    case text(ClosedRange<Int>)
    /// A number, or a string that is one.
    case number(ClosedRange<Double>)
    case flag
    case choice([String])
    case list(ClosedRange<Int>, of: Shape)
    case object([Field])
    /// An object with fields of its own for each value of one member, beside the common ones.
    case variants(by: String, common: [Field], [String: [Field]])
    /// An object whose members are the business of somebody else; it has at least one.
    case someObject
    case ruled(Shape, Rule)

    struct Field: Sendable {
        let name: String
        let shape: Shape
        let isRequired: Bool

        static func required(_ name: String, _ shape: Shape) -> Field {
            Field(name: name, shape: shape, isRequired: true)
        }

        static func optional(_ name: String, _ shape: Shape) -> Field {
            Field(name: name, shape: shape, isRequired: false)
        }
    }

    /// Checks a value, and all that is in it, in the order in which the shape names it.
    ///
    /// - Throws: ``OutboundError`` with the path of the first that is wrong.
    func check(_ value: JSONValue, _ path: String) throws(OutboundError) {
        switch self {
        case .text(let lengths): try Self.checkText(value, path, lengths)
        case .number(let range):
            guard let number = value.number, range.contains(number) else {
                throw .invalid(
                    field: path,
                    expected: "a number from \(range.lowerBound) to \(range.upperBound)")
            }
        case .flag:
            guard case .bool = value else {
                throw .invalid(field: path, expected: "true or false")
            }
        case .choice(let known): _ = try Self.choice(value, path, among: known)
        case .list(let counts, let element):
            try Self.checkList(value, path, counts, of: element)
        case .object(let fields): try Self.checkMembers(value, path, fields)
        case .variants(let name, let common, let variants):
            guard value.members != nil else { throw .invalid(field: path, expected: "an object") }
            guard let kind = value[name] else { throw .missing(field: "\(path).\(name)") }
            let known = try Self.choice(kind, "\(path).\(name)", among: variants.keys.sorted())
            let kindField = Field.required(name, .choice([known]))
            try Self.checkMembers(value, path, [kindField] + (variants[known] ?? []) + common)
        case .someObject:
            guard let members = value.members, !members.isEmpty else {
                throw .invalid(field: path, expected: "an object that is not empty")
            }
        case .ruled(let shape, let rule):
            try shape.check(value, path)
            try rule(value, path)
        }
    }

    private static func checkText(
        _ value: JSONValue, _ path: String, _ lengths: ClosedRange<Int>
    ) throws(OutboundError) {
        guard let text = value.text else { throw .invalid(field: path, expected: "a string") }
        let length = text.unicodeScalars.count
        guard length <= lengths.upperBound else {
            throw .tooLong(field: path, limit: lengths.upperBound, actual: length)
        }
        guard length >= lengths.lowerBound else {
            throw .invalid(
                field: path, expected: "\(lengths.lowerBound) to \(lengths.upperBound) characters")
        }
    }

    private static func choice(
        _ value: JSONValue, _ path: String, among known: [String]
    ) throws(OutboundError) -> String {
        guard let text = value.text else { throw .invalid(field: path, expected: "a string") }
        guard known.contains(text) else {
            throw .notOneOf(field: path, given: text, known: known)
        }
        return text
    }

    private static func checkList(
        _ value: JSONValue, _ path: String, _ counts: ClosedRange<Int>, of element: Shape
    ) throws(OutboundError) {
        guard let elements = value.elements, counts.contains(elements.count) else {
            throw .invalid(
                field: path, expected: "a list of \(counts.lowerBound) to \(counts.upperBound)")
        }
        for (index, value) in elements.enumerated() {
            try element.check(value, "\(path)[\(index)]")
        }
    }

    private static func checkMembers(
        _ value: JSONValue, _ path: String, _ fields: [Field]
    ) throws(OutboundError) {
        guard let members = value.members else {
            throw .invalid(field: path, expected: "an object")
        }
        try members.refuseUnknown(in: path, known: fields.map(\.name))
        for field in fields {
            let place = "\(path).\(field.name)"
            if let member = value[field.name] {
                try field.shape.check(member, place)
            } else if field.isRequired {
                throw .missing(field: place)
            }
        }
    }
}

extension [String: JSONValue] {
    /// Refuses a name that nobody knows, always the same one of several.
    func refuseUnknown(in path: String, known: [String]) throws(OutboundError) {
        guard let name = keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw .unknown(field: path.isEmpty ? name : "\(path).\(name)", name: name, known: known)
    }
}

extension JSONValue {
    /// Without the members that are `null`, which count as absent.
    var withoutNullMembers: JSONValue {
        switch self {
        case .object(let members):
            .object(members.filter { $0.value != .null }.mapValues(\.withoutNullMembers))
        case .array(let elements): .array(elements.map(\.withoutNullMembers))
        case .null, .bool, .integer, .number, .string: self
        }
    }
}
