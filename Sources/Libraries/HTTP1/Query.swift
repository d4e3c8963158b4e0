/// The names and values of a query, decoded, in the order sent, duplicates included.
///
/// `+` decodes to a blank and `%2B` to `+`. A name without `=` has an empty value.
package struct Query: Hashable, Sendable {
    package struct Item: Hashable, Sendable {
        package let name: String
        package let value: String
    }

    package let items: [Item]

    /// - Parameter raw: what follows the `?`, undecoded.
    /// - Throws: for a bad escape, an escaped control (`%0d%0a` among them), or bad UTF-8: 400.
    package init(_ raw: String) throws(TargetError) {
        var items: [Item] = []
        for part in Array(raw.utf8).split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            items.append(
                Item(
                    name: try PercentDecoding.decode(part[..<equals], plusIsBlank: true),
                    value: try PercentDecoding.decode(
                        part[equals...].dropFirst(), plusIsBlank: true)))
        }
        self.items = items
    }

    package func all(_ name: String) -> [String] {
        items.filter { $0.name == name }.map(\.value)
    }

    package func only(_ name: String) -> Occurrence {
        let values = all(name)
        guard let value = values.first else { return .none }
        return values.count == 1 ? .one(value) : .several
    }
}
