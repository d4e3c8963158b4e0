package import FoundationEssentials

extension JSONValue {
    /// Reads one JSON text in UTF-8 (RFC 8259) in one pass, without a decoder in between.
    ///
    /// What `JSONDecoder` reads becomes the same value, but what it overlooks is refused: bytes that are no
    /// UTF-8, bare control characters, escapes that JSON does not have. Of two members of one name the first
    /// counts. Of a fraction beyond 2^53, which the decoder rounds in some, the whole is kept. What JSON can
    /// write and Swift cannot hold (`1e999`, half of a surrogate pair) is `null`, so that it costs itself and
    /// not its neighbours; such a name costs its object.
    /// - Throws: ``JSONError``.
    package init(parsing text: Data) throws(JSONError) {
        let result = text.withUnsafeBytes { bytes in
            Result { () throws(JSONError) in
                var parser = Parser(bytes)
                return try parser.whole()
            }
        }
        self = try result.get()
    }
}

/// One pass over bytes that are lent; each function begins at `place` and leaves it behind what it read.
private struct Parser {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        // A byte order mark should not be there, but may be passed over. (RFC 8259 §8.1)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    mutating func whole() throws(JSONError) -> JSONValue {
        let value = try value(depth: 1)
        skipBlanks()
        guard place == bytes.count else { throw .notJSON(at: place) }
        return value
    }

    /// A value that stands at that depth, if it is an object or a list.
    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipBlanks()
        switch try peek() {
        case UInt8(ascii: "\""): return try string().map(JSONValue.string) ?? .null
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    // MARK: Containers

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        try open(depth: depth)
        if try closes(with: UInt8(ascii: "}")) { return .object([:]) }
        var members: [String: JSONValue] = [:]
        var isReadable = true
        repeat {
            skipBlanks()
            guard try peek() == UInt8(ascii: "\"") else { throw .notJSON(at: place) }
            let name = try string()
            skipBlanks()
            guard try peek() == UInt8(ascii: ":") else { throw .notJSON(at: place) }
            place += 1
            let value = try value(depth: depth + 1)
            guard let name else {
                isReadable = false
                continue
            }
            if let first = members.updateValue(value, forKey: name) { members[name] = first }
        } while try goesOn(until: UInt8(ascii: "}"))
        return isReadable ? .object(members) : .null
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        try open(depth: depth)
        if try closes(with: UInt8(ascii: "]")) { return .array([]) }
        var elements: [JSONValue] = []
        repeat {
            elements.append(try value(depth: depth + 1))
        } while try goesOn(until: UInt8(ascii: "]"))
        return .array(elements)
    }

    /// Passes the bracket that opens; the depth bounds the stack.
    private mutating func open(depth: Int) throws(JSONError) {
        guard depth <= JSONValue.maximumDepth else { throw .tooDeep }
        place += 1
    }

    private mutating func closes(with end: UInt8) throws(JSONError) -> Bool {
        skipBlanks()
        guard try peek() == end else { return false }
        place += 1
        return true
    }

    /// Passes the comma before another one, or the bracket that closes.
    private mutating func goesOn(until end: UInt8) throws(JSONError) -> Bool {
        if try closes(with: end) { return false }
        guard try peek() == UInt8(ascii: ",") else { throw .notJSON(at: place) }
        place += 1
        return true
    }

    // MARK: Strings

    /// Nil where half of a surrogate pair makes it no text.
    private mutating func string() throws(JSONError) -> String? {
        place += 1
        let start = place
        while true {
            switch try peek() {
            case UInt8(ascii: "\""):
                let text = try text(of: bytes[start..<place], from: start)
                place += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case ..<0x20: throw .notJSON(at: place)
            default: place += 1
            }
        }
    }

    /// The rest of a string in which something is escaped.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String? {
        var text = Array(bytes[start..<place])
        var isText = true
        while true {
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                let whole = try self.text(of: text, from: start)
                place += 1
                return isText ? whole : nil
            case UInt8(ascii: "\\"):
                place += 1
                if !(try escape(into: &text)) { isText = false }
            case ..<0x20: throw .notJSON(at: place)
            default:
                text.append(byte)
                place += 1
            }
        }
    }

    private func text(
        of utf8: some Collection<UInt8>, from start: Int
    ) throws(JSONError) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw .notJSON(at: start)
        }
        return text
    }

    /// What follows a backslash; answers false for half of a surrogate pair.
    private mutating func escape(into text: inout [UInt8]) throws(JSONError) -> Bool {
        let letter = try peek()
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            place += 1
            guard let scalar = try scalar() else { return false }
            text += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            return true
        default: throw .notJSON(at: place)
        }
        place += 1
        return true
    }

    /// What four hex digits name, or twice four; nil for half of a pair.
    private mutating func scalar() throws(JSONError) -> Unicode.Scalar? {
        let unit = try unit()
        guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) }
        guard bytes.count - place >= 2, bytes[place] == UInt8(ascii: "\\"),
            bytes[place + 1] == UInt8(ascii: "u")
        else { return nil }
        let second = place
        place += 2
        let trail = try self.unit()
        guard UTF16.isTrailSurrogate(trail) else {
            // It may be the first half of the next pair.
            place = second
            return nil
        }
        return Unicode.Scalar(
            0x1_0000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(trail) - 0xDC00))
    }

    private mutating func unit() throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch try peek() {
            case let byte where Self.isDigit(byte): digit = byte - UInt8(ascii: "0")
            case let byte where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte):
                digit = byte - UInt8(ascii: "a") + 10
            case let byte where (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte):
                digit = byte - UInt8(ascii: "A") + 10
            default: throw .notJSON(at: place)
            }
            value = value << 4 | UInt16(digit)
            place += 1
        }
        return value
    }

    // MARK: Numbers and words

    /// Whole numbers of 64 bits stay exact; what is beyond any `Double` is `null`.
    private mutating func number() throws(JSONError) -> JSONValue {
        let start = place
        if try peek() == UInt8(ascii: "-") { place += 1 }
        // No digit follows a zero that leads. (RFC 8259 §6)
        if try peek() == UInt8(ascii: "0") { place += 1 } else { try digits() }
        var isWhole = true
        if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
            isWhole = false
            place += 1
            try digits()
        }
        if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            place += 1
            let sign = try peek()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { place += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { return .null }
        // From there on a `Double` has no ones, let alone a fraction; the digits have.
        let integer =
            number.magnitude < 0x1p53 ? Int64(exactly: number) : isWhole ? nil : Self.integer(text)
        return integer.map(JSONValue.integer) ?? .number(number)
    }

    /// What is whole of a number that is written with a point or an exponent; nil if it is beyond 64 bits.
    private static func integer(_ text: String) -> Int64? {
        let parts = text.split { $0 == "e" || $0 == "E" }
        // More than 32 bits of exponent make no number of any bytes that fit here.
        guard let exponent = parts.count > 1 ? Int32(parts[1]) : 0 else { return nil }
        var power = Int(exponent)
        var digits = String(parts[0])
        if let point = digits.firstIndex(of: ".") {
            power -= digits[point...].utf8.count - 1
            digits.remove(at: point)
        }
        while power < 0, !digits.isEmpty {
            digits.removeLast()
            power += 1
        }
        // 19 digits and a sign are the longest there are.
        guard power >= 0, digits.utf8.count + power <= 20 else { return nil }
        return Int64(digits + String(repeating: "0", count: power))
    }

    /// At least one.
    private mutating func digits() throws(JSONError) {
        guard Self.isDigit(try peek()) else { throw .notJSON(at: place) }
        while place < bytes.count, Self.isDigit(bytes[place]) { place += 1 }
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONValue
    ) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard try peek() == word.utf8Start[index] else { throw .notJSON(at: place) }
            place += 1
        }
        return value
    }

    // MARK: Bytes

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private mutating func skipBlanks() {
        while place < bytes.count {
            switch bytes[place] {
            case 0x20, 0x0A, 0x0D, 0x09: place += 1
            default: return
            }
        }
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard place < bytes.count else { throw .notJSON(at: place) }
        return bytes[place]
    }
}
