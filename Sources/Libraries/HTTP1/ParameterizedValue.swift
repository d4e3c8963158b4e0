/// A value with parameters, such as `form-data; name="a"` (RFC 9110 §5.6.6).
package struct ParameterizedValue: Hashable, Sendable {
    package struct Parameter: Hashable, Sendable {
        /// In lower case: names have none of their own.
        package let name: String
        package let value: String
    }

    /// What stands before the first semicolon, in lower case.
    package let value: String
    package let parameters: [Parameter]

    /// Nil for what is not of that form, and where a parameter is there twice.
    package init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        let value = Self.take(&bytes) { $0 == UInt8(ascii: "/") || ByteSet.token.contains($0) }
        guard !value.isEmpty else { return nil }
        var parameters: [Parameter] = []
        Self.skipBlanks(&bytes)
        while bytes.popFirst(if: UInt8(ascii: ";")) {
            Self.skipBlanks(&bytes)
            // RFC 9110 §5.6.6 allows an empty one.
            let name = Self.take(&bytes, ByteSet.token.contains).lowercased()
            if name.isEmpty { continue }
            guard bytes.popFirst(if: UInt8(ascii: "=")), let value = Self.takeValue(&bytes),
                !parameters.contains(where: { $0.name == name })
            else { return nil }
            parameters.append(Parameter(name: name, value: value))
            Self.skipBlanks(&bytes)
        }
        guard bytes.isEmpty else { return nil }
        self.value = value.lowercased()
        self.parameters = parameters
    }

    package subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// A token, or a quoted string without its quotes.
    private static func takeValue(_ bytes: inout ArraySlice<UInt8>) -> String? {
        guard bytes.popFirst(if: UInt8(ascii: "\"")) else {
            let token = take(&bytes, ByteSet.token.contains)
            return token.isEmpty ? nil : token
        }
        var value: [UInt8] = []
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "\"") { return String(validating: value, as: UTF8.self) }
            // Only these are escaped; browsers of old sent `C:\name` as it stands.
            if byte == UInt8(ascii: "\\"), let next = bytes.first,
                next == byte || next == UInt8(ascii: "\"")
            {
                bytes = bytes.dropFirst()
                value.append(next)
            } else {
                guard byte.isFieldValue else { return nil }
                value.append(byte)
            }
        }
        return nil
    }

    private static func take(
        _ bytes: inout ArraySlice<UInt8>, _ isWanted: (UInt8) -> Bool
    ) -> String {
        let taken = bytes.prefix(while: isWanted)
        bytes = bytes[taken.endIndex...]
        return String(decoding: taken, as: UTF8.self)
    }

    private static func skipBlanks(_ bytes: inout ArraySlice<UInt8>) {
        bytes = bytes.drop { $0 == .blank || $0 == .tab }
    }
}

extension ArraySlice<UInt8> {
    /// Takes the first byte if it is this one.
    fileprivate mutating func popFirst(if byte: UInt8) -> Bool {
        guard first == byte else { return false }
        self = dropFirst()
        return true
    }
}
