import Testing

@testable import GatewayControl

@Suite("Figures of a benchmark")
struct BenchTests {
    @Test(
        "of 100 answers p50 is the middle one, and p99 the slowest but none", arguments: [1, 100])
    func percentiles(count: Int) throws {
        let took = (1...count).reversed().map { Duration.milliseconds($0) }
        let figures = try #require(BenchFigures(took: took, within: .seconds(2)))
        #expect(figures.perSecond == Double(count) / 2)
        #expect(figures.median == Double(count / 2 + 1))
        #expect(figures.slow == Double(count))
    }

    @Test("nothing answered has no figures")
    func nothing() {
        #expect(BenchFigures(took: [], within: .seconds(1)) == nil)
        #expect(BenchFigures(of: []) == nil)
    }

    @Test("several runs have the median of each figure")
    func medians() throws {
        let runs = try [(40, 3), (10, 1), (20, 2)].map { count, milliseconds in
            try #require(
                BenchFigures(
                    took: Array(repeating: .milliseconds(milliseconds), count: count),
                    within: .seconds(1)))
        }
        let figures = try #require(BenchFigures(of: runs))
        #expect(figures.line == "20 per second, p50 2.0 ms, p99 2.0 ms")
    }

    @Test(
        "its size is told in two options, within limits",
        arguments: [
            ([], 64, 5), (["--seconds", "1"], 64, 1),
            (["--connections", "512", "--seconds", "600"], 512, 600),
        ] as [([String], Int, Int)])
    func size(arguments: [String], connections: Int, seconds: Int) throws {
        let size = try BenchSize(arguments)
        #expect(size.connections == connections && size.seconds == seconds)
    }

    @Test(
        "anything else is answered with the usage",
        arguments: [
            ["--seconds"], ["--seconds", "0"], ["--seconds", "601"], ["--seconds", "x"],
            ["--connections", "513"], ["--runs", "3"], ["5"],
        ])
    func refuses(arguments: [String]) {
        #expect(throws: BenchSize.Usage.self) { try BenchSize(arguments) }
    }
}
