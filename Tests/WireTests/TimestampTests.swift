import FoundationEssentials
import Testing
import Wire

@Suite("A timestamp")
struct TimestampTests {
    @Test(
        "is written as RFC 3339 in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (1_790_000_000_000, "2026-09-21T14:13:20Z"),
            (1_790_000_000_007, "2026-09-21T14:13:20.007Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func isWritten(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).text == text)
        #expect(Timestamp(text: text)?.milliseconds == milliseconds)
    }

    @Test("comes back from its text for every day from 1970 to 2100, and days follow one another")
    func comesBack() throws {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var day: Int64 = 0
        for year in 1970...2100 {
            let isLeap = year.isMultiple(of: 4) && (year != 2100)
            for (index, length) in lengths.enumerated() {
                for date in 1...(index == 1 && isLeap ? 29 : length) {
                    // Another time of the day on each day.
                    let moment = Timestamp(
                        milliseconds: day * 86_400_000 + day * 1_741 % 86_400_000)
                    let text = moment.text
                    try #require(Timestamp(text: text) == moment)
                    let written = text.prefix(10).split(separator: "-").compactMap { Int($0) }
                    try #require(written == [year, index + 1, date])
                    day += 1
                }
            }
        }
        #expect(Timestamp(milliseconds: day * 86_400_000).text == "2101-01-01T00:00:00Z")
    }

    @Test(
        "is not read from any other text",
        arguments: [
            "", "Z", "2026", "2026-09-21", "2026-09-21T14:13:20", "2026-09-21T14:13:20z",
            "2026-09-21t14:13:20Z", "2026-09-21 14:13:20Z", "2026-09-21T14:13:20+00:00",
            "2026-09-21T14:13:20.000Z", "2026-09-21T14:13:20.7Z", "2026-09-21T14:13:20.1234Z",
            "2026-09-21T14:13:20,123Z", "2026-00-21T14:13:20Z", "2026-13-21T14:13:20Z",
            "2026-09-00T14:13:20Z", "2026-09-31T14:13:20Z", "2026-02-29T14:13:20Z",
            "2100-02-29T00:00:00Z", "2024-02-30T00:00:00Z", "2026-09-21T24:00:00Z",
            "2026-09-21T14:60:20Z", "2026-09-21T14:13:60Z", "2026-09-21T14:13:2Z",
            "2026/09/21T14:13:20Z", "2026-09-21T14-13-20Z", " 2026-09-21T14:13:20Z",
            "2026-09-21T14:13:20Z ", "+026-09-21T14:13:20Z", "2026-09-21T14:13:20.-12Z",
            "2026-09-21T14:13:2١", "٢٠٢٦-09-21T14:13:20Z", "12026-09-21T14:13:20Z",
        ])
    func isNotRead(text: String) {
        #expect(Timestamp(text: text) == nil)
    }

    @Test(
        "stays within the years that can be written, whatever number it is made of",
        arguments: [.min, .max, 253_402_300_800, -62_167_219_201] as [Int64])
    func staysWritable(seconds: Int64) {
        let moment = Timestamp(seconds: seconds)
        #expect(Timestamp(text: moment.text) == moment)
        #expect(moment.text == (seconds < 0 ? "0000-01-01T00:00:00Z" : "9999-12-31T23:59:59.999Z"))
    }
}
