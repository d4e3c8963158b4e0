import Synchronization
import Testing

@testable import Ingress

struct BodyBudgetTests {
    private static let large = 4 << 20

    @Test("as much as there is, not a byte more, and again what was given back")
    func limit() {
        let budget = BodyBudget { _ in }
        for _ in 0..<64 { #expect(budget.take(Self.large, total: Self.large)) }
        #expect(!budget.take(1, total: Self.large))
        budget.give(1)
        #expect(!budget.take(2, total: Self.large))
        #expect(budget.take(1, total: Self.large))
    }

    @Test("where large bodies fill it, small ones have a reserve, which ends too")
    func reserve() {
        let budget = BodyBudget { _ in }
        #expect(budget.take(BodyBudget.limit, total: BodyBudget.limit))
        #expect(!budget.take(1, total: BodyBudget.small + 1))
        for _ in 0..<1_024 { #expect(budget.take(BodyBudget.small, total: BodyBudget.small)) }
        #expect(!budget.take(1, total: 1))
    }

    @Test("that it is used up is said once a minute, with how much is taken")
    func report() {
        let said = Mutex<[String]>([])
        let budget = BodyBudget { line in said.withLock { $0.append(line) } }
        #expect(budget.take(BodyBudget.limit, total: BodyBudget.limit))
        for _ in 0..<3 { #expect(!budget.take(1, total: Self.large)) }
        #expect(said.withLock { $0 } == ["body.budget bytes=268435456"])
    }
}
