import JSON

/// Meta's clock in a payload: Unix seconds as a string, an integer, or milliseconds of either.
enum UnixSeconds {
    /// From here on a number counts milliseconds: as seconds it would be the year 33658.
    static let firstMilliseconds: Int64 = 1_000_000_000_000

    /// 9999-12-31T23:59:59Z, the last moment that RFC 3339 can write.
    static let last: Int64 = 253_402_300_799

    /// The moment in whole seconds; nil when it is absent, no number, or outside 1970…9999.
    static func read(_ value: JSONValue?) -> Int64? {
        guard let value, let count = value.integer ?? value.number.flatMap(wholeSeconds) else {
            return nil
        }
        let seconds = count >= firstMilliseconds ? count / 1000 : count
        return (0...last).contains(seconds) ? seconds : nil
    }

    private static func wholeSeconds(_ number: Double) -> Int64? {
        Int64(exactly: number.rounded(.down))
    }
}
