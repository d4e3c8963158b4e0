/// A set of ASCII bytes that answers "is it in" with two shifts and no memory access.
struct ByteSet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init(_ characters: StaticString) {
        characters.withUTF8Buffer { for byte in $0 { insert(byte) } }
    }

    private mutating func insert(_ byte: UInt8) {
        precondition(byte < 128, "a ByteSet holds ASCII only")
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 63) }
    }

    func contains(_ byte: UInt8) -> Bool {
        guard byte < 128 else { return false }
        return (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
    }

    /// `tchar`, the letters of methods and field names (RFC 9110 §5.6.2).
    static let token = ByteSet(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    /// `pchar`, "/" and the "%" of an escape (RFC 3986 §3.3).
    static let path = ByteSet(
        "/%!$&'()*+,;=:@-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    /// What RFC 3986 §3.4 allows in a query, and what browsers leave bare there.
    ///
    /// The WHATWG URL standard does not escape ``[]\^`{|}``; each stands for itself.
    static let query = ByteSet(
        "[]\\^`{|}?/%!$&'()*+,;=:@-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    )
    /// A host name's letters; fewer than `reg-name` (RFC 3986 §3.2.2), as many as DNS needs.
    static let hostName = ByteSet(
        "-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    /// Between the brackets of an IPv6 literal, the dots for a mapped IPv4 address.
    static let ipv6 = ByteSet(":.0123456789ABCDEFabcdef")
    static let digit = ByteSet("0123456789")
    /// `bchars`, the letters of a boundary (RFC 2046 §5.1.1).
    static let boundary = ByteSet(
        "'()+_,-./:=? 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    /// `attr-char`, what stands for itself in an extended value (RFC 8187 §3.2.1).
    static let attribute = ByteSet(
        "!#$&+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
}

extension UInt8 {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let blank: UInt8 = 0x20

    /// `field-vchar`, blank or tab (RFC 9110 §5.5): every byte but the controls.
    var isFieldValue: Bool { (self >= 0x20 && self != 0x7F) || self == .tab }

    /// What this hex digit stands for.
    var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// ASCII letters in lower case, every other byte as it is.
    var lowercased: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }
}

extension Span<UInt8> {
    func equals(_ text: String) -> Bool {
        let other = text.utf8.span
        guard count == other.count else { return false }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }

    /// Equality in which ASCII letters differ in nothing but case.
    func equalsIgnoringCase(_ text: String) -> Bool {
        let other = text.utf8.span
        return equalsIgnoringCase(other)
    }

    func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index].lowercased != other[index].lowercased {
            return false
        }
        return true
    }
}
