package import JSON

/// The short way to fill a template's body: values only, and the components are made from them.
package enum TemplateParameters {
    /// A list fills `{{1}}`, `{{2}}`, …; an object fills `{{name}}` by name.
    ///
    /// A value is a text or a number; an object is taken for a whole Cloud API parameter (`currency`,
    /// `date_time`, …).
    /// - Returns: nil when there is nothing to fill in.
    package static func components(from values: JSONValue) throws(OutboundError) -> JSONValue? {
        var parameters: [JSONValue] = []
        switch values {
        case .null: return nil
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                parameters.append(.object(try parameter(element, "parameters[\(index)]")))
            }
        case .object(let members):
            // Sorted, so that the same call makes the same body.
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                guard OutboundTemplate.isParameterName(name) else {
                    throw .invalid(
                        field: "parameters.\(name)",
                        expected: "named in lowercase letters, digits and _ only")
                }
                var parameter = try parameter(value, "parameters.\(name)")
                parameter["parameter_name"] = .string(name)
                parameters.append(.object(parameter))
            }
        default:
            throw .invalid(field: "parameters", expected: "a list or an object of values")
        }
        if parameters.isEmpty { return nil }
        return [["type": "body", "parameters": .array(parameters)]]
    }

    private static func parameter(
        _ value: JSONValue, _ path: String
    ) throws(OutboundError) -> [String: JSONValue] {
        let text: String
        switch value {
        case .object(let members): return members
        case .string(let string): text = string
        case .integer(let integer): text = String(integer)
        case .number(let number): text = String(number)
        case .null, .bool, .array:
            throw .invalid(field: path, expected: "a text or a number")
        }
        if text.isEmpty { throw .missing(field: path) }
        return ["type": "text", "text": .string(text)]
    }
}
