/// A `Content-Disposition` that saves what is sent under a name (RFC 6266, RFC 8187).
package enum Attachment {
    /// Bytes of a name; what file systems take.
    package static let longestName = 255

    /// The field's value; without a usable name just `attachment`.
    ///
    /// A name with anything but plain ASCII is there twice: escaped, and for old readers replaced.
    package static func disposition(_ name: String?) -> String {
        guard let name = name.flatMap(safeName) else { return "attachment" }
        let plain = String(
            decoding: name.unicodeScalars.map { isPlain($0) ? UInt8($0.value) : UInt8(ascii: "_") },
            as: UTF8.self)
        let value = "attachment; filename=\"\(plain)\""
        guard plain != name else { return value }
        return value + "; filename*=UTF-8''\(escaped(name))"
    }

    /// The name without folders and without what is not seen; nil when nothing is left.
    ///
    /// The sender chose it: it must not lead out of the folder that it is saved in, hide itself, or
    /// look like another one.
    package static func safeName(_ name: String) -> String? {
        // Scalar by scalar: a slash under an accent is another character for Swift, and a slash for others.
        let last = name.unicodeScalars.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last
        var safe = String.UnicodeScalarView()
        for scalar in last ?? Substring.UnicodeScalarView() where !isInvisible(scalar) {
            safe.append(scalar)
        }
        while let first = safe.first, first == "." || first == " " { safe.removeFirst() }
        // A second time for where it was cut.
        let whole = withoutEnd(shortened(withoutEnd(String(safe))))
        return whole.isEmpty ? nil : whole
    }

    /// Dots and blanks at the end are what some systems leave out.
    private static func withoutEnd(_ name: String) -> String {
        var name = name.unicodeScalars
        while let last = name.last, last == "." || last == " " { name.removeLast() }
        return String(name)
    }

    /// Cut in the middle, so that its extension stays.
    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > longestName else { return name }
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        let isExtension = name[dot...].utf8.count <= 16
        let end = isExtension ? name[dot...] : ""
        var start = (isExtension ? name[..<dot] : name[...]).unicodeScalars
        while String(start).utf8.count + end.utf8.count > longestName { start.removeLast() }
        return String(start) + end
    }

    /// Controls, and marks that turn the direction of what follows or have no width.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
            .unassigned:
            true
        default: false
        }
    }

    /// What stands in quotes for itself, for every reader: `%` is decoded by some.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        (0x20...0x7E).contains(scalar.value) && !["\"", "\\", "%"].contains(scalar)
    }

    /// `ext-value` without its charset: everything but `attr-char` (RFC 8187 §3.2.1) as `%` and hex.
    private static func escaped(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            if ByteSet.attribute.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let hex = String(byte, radix: 16, uppercase: true)
                text += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return text
    }
}
