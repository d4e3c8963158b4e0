import TestSupport
import Testing
import Wire

@testable import Journal

@Suite("Which entries are looked at after an erasure")
struct RedactingTests {
    /// A journal of so many entries, all of which inbox has, and what is known of each.
    private struct World {
        var redacting = Redacting(Checked(erasures: "", seq: 0))
        /// What a crash goes back to.
        var saved = Checked(erasures: "", seq: 0)
        var shipped: Int64 = 0
        var erasures = 0
        /// Under how many erasures each entry was looked at, or known to tell of nobody.
        var seen: [Int64: Int] = [:]

        func answer(_ namesErased: Bool) -> AppendEntries.Answer {
            .init(
                .applied, JournalPosition(seq: shipped, mark: 1),
                erasures: erasures == 0 ? nil : "\(erasures)", namesErased: namesErased)
        }

        mutating func ship(_ count: Int64, namesErased: Bool, isHeard: Bool = true) {
            let after = shipped
            shipped += count
            for seq in after..<shipped where !namesErased { seen[seq + 1] = erasures }
            if isHeard { redacting.heard(answer(namesErased), after: after) }
        }

        /// Looks at some of what is next; answers whether there was something.
        mutating func step(_ count: Int64) -> Bool {
            guard let (after, upTo) = redacting.next() else { return false }
            let last = min(upTo, after + count)
            for seq in after..<last { seen[seq + 1] = erasures }
            redacting.looked(upTo: last)
            return true
        }

        mutating func crash() {
            redacting = Redacting(saved)
            // The shipper asks again where inbox stands, and reports.
            redacting.heard(answer(false), after: shipped)
        }
    }

    @Test("nobody was erased: nothing is looked at")
    func nothing() {
        var world = World()
        world.ship(10, namesErased: false)
        #expect(world.redacting.next() == nil)
        #expect(world.redacting.left == 0)
    }

    @Test("all that inbox has is looked at, once; then only what inbox says")
    func once() {
        var world = World()
        world.ship(10, namesErased: false)
        world.erasures = 1
        world.ship(1, namesErased: true)
        #expect(world.redacting.left == 11)
        var steps = 0
        while world.step(4) { steps += 1 }
        #expect(steps == 3)
        #expect(world.redacting.left == 0)
        world.ship(5, namesErased: false)
        #expect(world.redacting.next() == nil)
        world.ship(2, namesErased: true)
        #expect(world.redacting.next()?.after == 16)
        #expect(world.redacting.next()?.upTo == 18)
    }

    @Test("an answer that was lost is made good by a look at what it was about")
    func lostAnswer() {
        var world = World()
        world.erasures = 1
        world.ship(3, namesErased: true)
        while world.step(9) {}
        world.ship(4, namesErased: true, isHeard: false)
        world.ship(2, namesErased: false)
        #expect(world.redacting.next()?.after == 3)
        while world.step(9) {}
        #expect(world.redacting.left == 0)
    }

    @Test("somebody is erased at every step, and each look still comes to its end")
    func noStarving() {
        var world = World()
        world.ship(100, namesErased: false)
        for _ in 0..<30 {
            world.erasures += 1
            world.ship(0, namesErased: false)
            let isLooking = world.step(10)
            #expect(isLooking)
        }
        // Ten steps are one look: two more see all under the last erasure.
        var steps = 0
        while world.step(10) { steps += 1 }
        #expect(steps <= 20)
        #expect(world.seen.values.allSatisfy { $0 == 30 })
    }

    @Test("whatever comes in between, at last all was looked at under all", arguments: 0..<200)
    func anything(seed: UInt64) {
        var random = Seeded(seed)
        var world = World()
        for _ in 0..<60 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1:
                world.ship(
                    Int64.random(in: 0...5, using: &random),
                    namesErased: Bool.random(using: &random),
                    isHeard: Int.random(in: 0..<4, using: &random) > 0)
            case 2: world.erasures += 1
            case 3: world.crash()
            case 4: world.saved = world.redacting.checked
            default: _ = world.step(Int64.random(in: 1...4, using: &random))
            }
        }
        world.ship(0, namesErased: false)
        var steps = 0
        while world.step(3) { steps += 1 }
        #expect(steps < 1_000)
        #expect(world.redacting.left == 0)
        for seq in 0..<world.shipped where world.erasures > 0 {
            #expect(world.seen[seq + 1] == world.erasures, "entry \(seq + 1), seed \(seed)")
        }
    }
}
