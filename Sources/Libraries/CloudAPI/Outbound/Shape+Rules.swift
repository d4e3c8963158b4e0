import JSON

// Rules between several values, as Meta states them.
extension Shape {
    /// A file by exactly one of `id` and `link`, with some other fields.
    static func file(_ others: [Field] = []) -> Shape {
        .ruled(
            .object(
                [
                    .optional("id", .text(1...OutboundLimits.identifier)),
                    .optional("link", .text(1...OutboundLimits.link)),
                ] + others)
        ) { value, path throws(OutboundError) in
            try exactlyOne("id", "link", in: value, path)
            if let link = value["link"]?.text { _ = try MediaSource.link(link).member(path) }
        }
    }

    /// An http or https address without a login.
    static let address = Shape.ruled(.text(1...OutboundLimits.link)) {
        value, path throws(OutboundError) in
        guard MediaSource.isPublicAddress(value.text ?? "") else {
            throw .invalid(field: path, expected: "an http or https address without a login")
        }
    }

    static func exactlyOne(
        _ first: String, _ second: String, in value: JSONValue, _ path: String
    ) throws(OutboundError) {
        switch (value[first], value[second]) {
        case (_?, _?):
            throw .bothGiven(field: "\(path).\(first)", other: "\(path).\(second)")
        case (nil, nil): throw .missing(field: "\(path).\(first)")
        case (_?, nil), (nil, _?): break
        }
    }

    /// Refuses the second of two equal texts; `elements` are texts with their paths.
    static func unique(_ elements: [(text: String, path: String)]) throws(OutboundError) {
        var seen: Set<String> = []
        for element in elements where !seen.insert(element.text).inserted {
            throw .invalid(field: element.path, expected: "different from those before it")
        }
    }

    /// Refuses sections of which several are there and one has no title, and too many items in all.
    ///
    /// Answers the items with their paths.
    static func sections(
        _ value: JSONValue, _ path: String, items: String, atMost limit: Int
    ) throws(OutboundError) -> [(item: JSONValue, path: String)] {
        let sections = value.elements ?? []
        var found: [(item: JSONValue, path: String)] = []
        for (index, section) in sections.enumerated() {
            if sections.count > 1, section["title"] == nil {
                throw .missing(field: "\(path)[\(index)].title")
            }
            for (number, item) in (section[items]?.elements ?? []).enumerated() {
                found.append((item, "\(path)[\(index)].\(items)[\(number)]"))
            }
        }
        guard found.count <= limit else {
            throw .invalid(field: path, expected: "sections with at most \(limit) \(items) in all")
        }
        return found
    }
}
