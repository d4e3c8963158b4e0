import BadRequests
import HTTP1
import Testing

struct BadRequestTests {
    static let decided = BadRequest.all().filter {
        if case .answers = $0.expected { true } else { false }
    }

    @Test("the table holds every numbered case")
    func isComplete() {
        let counts = ["R": 34, "H": 9, "F": 20, "L": 24, "T": 22, "K": 25, "S": 20]
        let wanted = counts.flatMap { letter, count in
            (1...count).map { letter + ($0 < 10 ? "0" : "") + String($0) }
        }
        #expect(wanted.count == 154)
        #expect(Set(BadRequest.all().map(\.number)) == Set(wanted))
    }

    @Test("a case gets its answers and no other", arguments: decided)
    func answers(to request: BadRequest) {
        check(request, visit(request, cutAt: []))
    }

    @Test("a case gets the same answers one byte at a time", arguments: decided)
    func answersBytewise(to request: BadRequest) {
        var visit = Visit()
        visit.send(request.bytes[...], size: 1)
        if request.endsInput { visit.end() }
        check(request, visit)
    }

    @Test("a case gets the same answers wherever it is cut in two", arguments: decided)
    func answersCut(_ request: BadRequest) {
        for cut in cuts(request.bytes.count) { check(request, visit(request, cutAt: [cut])) }
    }

    @Test("a case gets the same answers where the body is taken in parts", arguments: 1...6)
    func answersInParts(partLimit: Int) {
        for request in BadRequest.all(path: "/upload") {
            guard case .answers = request.expected else { continue }
            for size in [1, 2, 3, 5, 16_384] {
                guard size > 2 || request.bytes.count < 20_000 else { continue }
                var visit = Visit()
                visit.partLimit = partLimit
                visit.send(request.bytes[...], size: size)
                if request.endsInput { visit.end() }
                check(request, visit)
            }
        }
    }

    /// Every boundary; of long cases those near the ends and the limits, and a sample.
    private func cuts(_ count: Int) -> [Int] {
        (0...count).filter { cut in
            count <= 1_500 || cut < 200 || count - cut < 50 || abs(cut - Limit.fieldLine) < 50
                || abs(cut - Limit.head) < 50 || (count < 100_000 && cut % 499 == 0)
        }
    }

    private func visit(_ request: BadRequest, cutAt cuts: [Int]) -> Visit {
        var visit = Visit()
        var start = 0
        for cut in cuts + [request.bytes.count] {
            visit.send(request.bytes[start..<cut])
            start = cut
        }
        if request.endsInput { visit.end() }
        return visit
    }

    private func check(_ request: BadRequest, _ visit: Visit) {
        #expect(.answers(visit.answers) == request.expected, "\(request)")
        guard case .answers(let answers) = request.expected else { return }
        switch answers.last {
        case nil: #expect(visit.isClosed, "\(request)")
        case .refused:
            #expect(visit.isShutDown || visit.isClosed, "\(request)")
            #expect(visit.outputText.contains("Connection: close\r\n"), "\(request)")
        case .served, .answered:
            if request.endsInput { #expect(visit.isClosed, "\(request)") }
        }
    }
}
