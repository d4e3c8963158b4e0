/// A moment of the wall clock, in milliseconds since 1970; RFC 3339 in UTC with `Z` in JSON.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    /// The years 0000 to 9999: RFC 3339 has no others, and what was written must be readable.
    private static let writable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// A moment beyond the years 0000 to 9999 becomes the nearest one within.
    package init(milliseconds: Int64) {
        self.milliseconds = min(
            max(milliseconds, Self.writable.lowerBound), Self.writable.upperBound)
    }

    /// The same of seconds, which is Meta's unit.
    package init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        self.init(milliseconds: overflow ? (seconds < 0 ? .min : .max) : product)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// Bytes of `2026-09-21T14:13:20.123Z`.
    private static let longest = 24

    /// RFC 3339 as in `2026-09-21T14:13:20Z`, with three decimals when there are milliseconds.
    package var text: String {
        let (days, rest) = milliseconds.flooredDivision(by: 86_400_000)
        let (year, month, day) = Self.date(ofDay: days)
        let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: 1_000)
        return String(unsafeUninitializedCapacity: Self.longest) { bytes in
            var count = 0
            func add(_ value: Int64, _ width: Int, then end: Unicode.Scalar) {
                var value = value
                for place in stride(from: count + width - 1, through: count, by: -1) {
                    bytes[place] = UInt8(ascii: "0") + UInt8(value % 10)
                    value /= 10
                }
                bytes[count + width] = UInt8(ascii: end)
                count += width + 1
            }
            add(year, 4, then: "-")
            add(month, 2, then: "-")
            add(day, 2, then: "T")
            add(seconds / 3_600, 2, then: ":")
            add(seconds / 60 % 60, 2, then: ":")
            add(seconds % 60, 2, then: fraction == 0 ? "Z" : ".")
            if fraction != 0 { add(fraction, 3, then: "Z") }
            return count
        }
    }

    /// Reads exactly what `text` writes; nil for anything else.
    package init?(text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        let fraction: Int64
        switch bytes.count {
        case 20: fraction = 0
        case 24:
            guard let value = number(20..<23) else { return nil }
            fraction = value
        default: return nil
        }
        let days = Self.day(ofYear: year, month, day)
        self.init(
            milliseconds: ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + fraction)
        guard self.text == text else { return nil }
    }

    // The civil calendar counted in 400-year eras that begin on 1 March, so that the leap day is the last.
    private static func date(ofDay days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func day(ofYear year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }
}

extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Timestamp(text: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a time in UTC")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
