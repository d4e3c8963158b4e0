package import FoundationEssentials

extension JSONValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let text): try container.encode(text)
        case .array(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        }
    }
}

extension JSONValue {
    /// How text outside ASCII is written.
    package enum TextForm: Sendable {
        /// As UTF-8, the short form.
        case utf8
        /// As `\u00fc`, each UTF-16 unit in lowercase hex: what Meta's webhooks look like on the wire.
        case escaped
    }

    /// The same bytes for the same value, always: no blanks, names sorted by their UTF-8, `/` as it is.
    ///
    /// Numbers take Swift's shortest form. One that JSON has no form for is `null`.
    package func encoded(_ form: TextForm = .utf8) -> Data {
        var bytes: [UInt8] = []
        write(to: &bytes, form)
        return Data(bytes)
    }

    func write(to bytes: inout [UInt8], _ form: TextForm) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += String(value).utf8
        case .number(let value): bytes += (value.isFinite ? String(value) : "null").utf8
        case .string(let text): Self.write(text, to: &bytes, form)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes, form)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let names = members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            for (index, name) in names.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(name, to: &bytes, form)
                bytes.append(UInt8(ascii: ":"))
                members[name, default: .null].write(to: &bytes, form)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    static func write(_ text: String, to bytes: inout [UInt8], _ form: TextForm) {
        bytes.append(UInt8(ascii: "\""))
        if form == .escaped {
            for unit in text.utf16 {
                if let byte = UInt8(exactly: unit), byte < 0x80 {
                    write(byte, to: &bytes)
                } else {
                    escape(unit, to: &bytes)
                }
            }
        } else {
            var text = text
            text.withUTF8 { write($0, to: &bytes) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whole stretches at once: hardly a byte has to be escaped.
    private static func write(_ utf8: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var start = 0
        for (index, byte) in utf8.enumerated()
        where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            bytes += utf8[start..<index]
            write(byte, to: &bytes)
            start = index + 1
        }
        bytes += utf8[start...]
    }

    /// A byte of text; all but quote, backslash and control characters stand for themselves.
    private static func write(_ byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): bytes += #"\""#.utf8
        case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
        case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
        case UInt8(ascii: "\r"): bytes += #"\r"#.utf8
        case UInt8(ascii: "\t"): bytes += #"\t"#.utf8
        case ..<0x20: escape(UInt16(byte), to: &bytes)  // RFC 8259 §7
        default: bytes.append(byte)
        }
    }

    private static func escape(_ unit: UInt16, to bytes: inout [UInt8]) {
        bytes += #"\u"#.utf8
        for shift in [12, 8, 4, 0] as [UInt16] {
            let digit = UInt8(truncatingIfNeeded: unit >> shift & 0xF)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
