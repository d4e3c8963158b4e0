/// What of something, whose size and entity tag are known, a GET or HEAD is answered with.
///
/// Decided by the fields that RFC 9110 §13.2.2 names, in its order. What is served has a tag and no
/// time of change, so that dates in them never match.
package enum Selection: Hashable, Sendable {
    /// 200 with all of it.
    case whole
    /// 206 with these bytes.
    case range(Range<Int>)
    /// 304: the caller has it.
    case notModified
    /// 412: the caller wants another version.
    case preconditionFailed
    /// 416: none of it is where the caller wants it from.
    case unsatisfiable

    package init(_ head: RequestHead, size: Int, tag: EntityTag) {
        let fields = head.fields
        let wanted = fields.all("If-Match")
        let known = fields.all("If-None-Match")
        if !wanted.isEmpty, !wanted.contains(where: { tag.isNamed(in: $0, .strong) }) {
            self = .preconditionFailed
        } else if known.contains(where: { tag.isNamed(in: $0, .weak) }) {
            self = .notModified
        } else if head.method == .get, case .one(let range) = fields.only("Range"),
            Self.isUnchanged(fields.only("If-Range"), tag)
        {
            // RFC 9110 §14.2: of all methods only GET has ranges.
            self = ByteRange(range)?.selection(of: size) ?? .whole
        } else {
            self = .whole
        }
    }

    /// RFC 9110 §13.1.5: the range only if the tag is still this one, else the whole.
    private static func isUnchanged(_ field: Occurrence, _ tag: EntityTag) -> Bool {
        switch field {
        case .none: true
        case .one(let value): value == tag.text
        case .several: false
        }
    }

    /// The `Content-Range` of an answer to it (RFC 9110 §14.4); nil where there is none.
    package func contentRange(size: Int) -> String? {
        switch self {
        case .range(let bytes): "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/\(size)"
        case .unsatisfiable: "bytes */\(size)"
        case .whole, .notModified, .preconditionFailed: nil
        }
    }
}

/// One range of bytes that is asked for: `bytes=0-499`, `bytes=500-` or `bytes=-500`.
///
/// Anything else, several ranges among it, is no range here: RFC 9110 §14.2 lets it be ignored, and
/// a list of small overlapping ones is an attack (§17.15).
private struct ByteRange {
    /// Nil: as many bytes of the end as `last` says.
    private let first: Int?
    /// Nil: up to the end.
    private let last: Int?

    init?(_ value: String) {
        let parts = value.split(separator: "=", maxSplits: 1)
        // RFC 9110 §14.1: a unit's name has no case.
        guard parts.count == 2, parts[0].lowercased() == "bytes" else { return nil }
        // Empty members of a list don't count (RFC 9110 §5.6.1).
        let members = parts[1].split(separator: ",").map(Self.trimmed).filter { !$0.isEmpty }
        guard members.count == 1, let dash = members[0].firstIndex(of: "-") else { return nil }
        let (start, end) = (members[0][..<dash], members[0][members[0].index(after: dash)...])
        guard let first = Self.number(start), let last = Self.number(end),
            first != nil || last != nil
        else { return nil }
        if let first, let last, last < first { return nil }
        (self.first, self.last) = (first, last)
    }

    func selection(of size: Int) -> Selection {
        if let first {
            guard first < size else { return .unsatisfiable }
            return .range(first..<(min(last ?? .max, size - 1) + 1))
        }
        guard let last, last > 0 else { return .unsatisfiable }
        // Satisfiable (RFC 9110 §14.1.2), and there is no way to say so of a range.
        guard size > 0 else { return .whole }
        return .range(max(0, size - last)..<size)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    /// The number; nil within for no digits, nil for what is none, the largest for one beyond it.
    private static func number(_ digits: Substring) -> Int?? {
        guard digits.utf8.allSatisfy(ByteSet.digit.contains) else { return nil }
        if digits.isEmpty { return .some(nil) }
        return Int(digits) ?? .max
    }
}
