/// A request's header fields, in the order received, as ranges of one buffer.
///
/// Names are compared without case. Values are without the blanks around them; a byte that is
/// no UTF-8 shows as U+FFFD. Nothing is merged: a field sent twice is there twice.
package struct Fields: Sendable {
    /// Where one field's name and value lie; 16 bits suffice for a head of 16 KiB.
    struct Entry: Sendable {
        var nameStart: UInt16 = 0
        var nameEnd: UInt16 = 0
        var valueStart: UInt16 = 0
        var valueEnd: UInt16 = 0

        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    let bytes: [UInt8]
    let entries: [Entry]

    package var count: Int { entries.count }

    /// Every value of this field, first to last.
    package func all(_ name: String) -> [String] {
        entries.indices.filter { isNamed($0, name) }.map { value($0) }
    }

    /// The value of a field that must not be there twice.
    package func only(_ name: String) -> Occurrence {
        var found: Int?
        for index in entries.indices where isNamed(index, name) {
            guard found == nil else { return .several }
            found = index
        }
        guard let found else { return .none }
        return .one(value(found))
    }

    package func contains(_ name: String) -> Bool {
        entries.indices.contains { isNamed($0, name) }
    }

    /// Name and value of each field, for a log or a test.
    package var pairs: [(name: String, value: String)] {
        entries.indices.map { (text(entries[$0].name), value($0)) }
    }

    func isNamed(_ index: Int, _ name: String) -> Bool {
        bytes.span.extracting(entries[index].name).equalsIgnoringCase(name)
    }

    func value(_ index: Int) -> String { text(entries[index].value) }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Calls `visit` with each member of this field's comma-separated lists, blanks cut off.
    ///
    /// Members that are empty are visited too, since for some fields they are an error.
    func forEachMember(of name: String, _ visit: (Span<UInt8>) -> Void) {
        for index in entries.indices where isNamed(index, name) {
            var rest = entries[index].value
            while let comma = bytes[rest].firstIndex(of: UInt8(ascii: ",")) {
                visit(bytes.span.extracting(trimmed(rest.lowerBound..<comma)))
                rest = comma + 1..<rest.upperBound
            }
            visit(bytes.span.extracting(trimmed(rest)))
        }
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, bytes[start] == .blank || bytes[start] == .tab { start += 1 }
        while start < end, bytes[end - 1] == .blank || bytes[end - 1] == .tab { end -= 1 }
        return start..<end
    }
}
