/// Where the members of a JSON object stand in its bytes, found without decoding them.
///
/// It cuts an envelope so that the parameters inside are decoded once, into their own type. It
/// checks the outer object strictly and what it passes over only for balance: whoever decodes a
/// member checks that member. Make one where the bytes are borrowed, and keep only `values`.
struct Members {
    /// Ranges of the values, by name; names with escapes are malformed here, for ours have none.
    private(set) var values: [Name: Range<Int>] = [:]

    enum Name: String { case jsonrpc, id, method, params, result, error }

    /// Nesting that is followed before the frame is refused; ours has fewer than ten levels.
    private static let maximumDepth = 128

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(WireError) {
        self.bytes = bytes
        try expect(UInt8(ascii: "{"))
        skipBlanks()
        if peek == UInt8(ascii: "}") {
            index += 1
        } else {
            try members()
        }
        skipBlanks()
        guard index == bytes.count else { throw .malformed("bytes after the object") }
    }

    private mutating func members() throws(WireError) {
        while true {
            let name = try string()
            guard !bytes[name].contains(UInt8(ascii: "\\")) else {
                throw .malformed("an escape in a name")
            }
            try expect(UInt8(ascii: ":"))
            skipBlanks()
            let start = index
            try skipValue()
            if let text = String(validating: bytes[name], as: UTF8.self),
                let known = Name(rawValue: text)
            {
                guard values.updateValue(start..<index, forKey: known) == nil else {
                    throw .malformed("\(text) twice")
                }
            }
            skipBlanks()
            switch peek {
            case UInt8(ascii: ","): index += 1
            case UInt8(ascii: "}"):
                index += 1
                return
            default: throw .malformed("no comma between members")
            }
        }
    }

    /// Passes over a string; answers the range between the quotes.
    private mutating func string() throws(WireError) -> Range<Int> {
        try expect(UInt8(ascii: "\""))
        let start = index
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return start..<(index - 1)
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        throw .malformed("a string without an end")
    }

    private mutating func skipValue() throws(WireError) {
        var depth = 0
        repeat {
            skipBlanks()
            switch peek {
            case nil: throw .malformed("cut short")
            case UInt8(ascii: "\""): _ = try string()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                index += 1
                guard depth <= Self.maximumDepth else { throw .malformed("nested too deeply") }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { throw .malformed("no value") }
                depth -= 1
                index += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { throw .malformed("no value") }
                index += 1
            default: skipScalar()
            }
        } while depth > 0
    }

    private mutating func skipScalar() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"),
                UInt8(ascii: "\""), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"),
                UInt8(ascii: "\r"):
                return
            default: index += 1
            }
        }
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func expect(_ byte: UInt8) throws(WireError) {
        skipBlanks()
        guard peek == byte else { throw .malformed("no \(Character(UnicodeScalar(byte)))") }
        index += 1
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            index += 1
        }
    }
}
