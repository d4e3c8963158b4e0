/// Strict percent-decoding of one path segment, query name or query value.
///
/// Each is decoded once, after it was cut out, so an escaped `/`, `&` or `=` never separates.
enum PercentDecoding {
    /// The text these bytes stand for.
    ///
    /// With `plusIsBlank` a `+` stands for a blank, as in a form's query. A bad escape, an escaped
    /// control and what is no UTF-8 are errors.
    static func decode(
        _ bytes: ArraySlice<UInt8>, plusIsBlank: Bool
    ) throws(TargetError) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            var byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "%") {
                guard bytes.endIndex - index >= 2, let high = bytes[index].hexDigit,
                    let low = bytes[index + 1].hexDigit
                else { throw .malformedEscape }
                byte = high << 4 | low
                index += 2
                guard byte >= 0x20, byte != 0x7F else { throw .escapedControl }
            } else if plusIsBlank, byte == UInt8(ascii: "+") {
                byte = .blank
            }
            decoded.append(byte)
        }
        // `validating` refuses overlong forms and surrogates; `decoding` would repair them.
        guard let text = String(validating: decoded, as: UTF8.self) else { throw .invalidUTF8 }
        return text
    }

    /// The segments of a path that begins with a slash: `/a/b%2Fc` is `a`, `b/c`.
    ///
    /// Nothing is normalised: `.` and `..` are names, `//` holds an empty one.
    static func segments(ofPath path: ArraySlice<UInt8>) throws(TargetError) -> [String] {
        var segments: [String] = []
        for part in path.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            segments.append(try decode(part, plusIsBlank: false))
        }
        return segments
    }
}
