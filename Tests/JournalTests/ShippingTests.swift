import FoundationEssentials
import Journal
import Testing
import Wire

@Suite("What a shipper does next")
struct ShippingTests {
    static let origin = "a"
    private static func position(_ seq: Int64) -> JournalPosition {
        JournalPosition(seq: seq, mark: UInt64(seq) * 1_000)
    }
    private static func entries(_ seqs: ClosedRange<Int64>) -> [JournalEntry] {
        seqs.map { JournalEntry(position: position($0), at: $0, kind: .webhook, body: Data()) }
    }
    private static func extent(_ seqs: ClosedRange<Int64>?) -> JournalExtent {
        JournalExtent(
            origin: origin, oldest: seqs?.lowerBound, newest: (seqs?.upperBound).map(position),
            shipped: 0, oldestUnshippedAt: nil)
    }
    private static func batch(
        _ seqs: ClosedRange<Int64>? = nil, reachesHead: Bool = true
    ) -> JournalBatch {
        JournalBatch(entries: seqs.map(entries) ?? [], reachesHead: reachesHead)
    }

    /// A shipper that has asked where inbox stands in a journal of those entries.
    private func asking(_ seqs: ClosedRange<Int64>?) -> Shipping {
        var shipping = Shipping()
        #expect(shipping.start() == .readExtent)
        #expect(shipping.extentRead(Self.extent(seqs)) == .askPosition(origin: Self.origin))
        return shipping
    }

    /// A shipper that rests at the head of a journal whose entries inbox has all.
    private func resting(at seq: Int64) -> Shipping {
        var shipping = asking(1...seq)
        #expect(shipping.positionAnswered(Self.position(seq)) == .readMark(seq: seq))
        #expect(shipping.markRead(Self.position(seq).mark) == .noteShipped(seq: seq))
        #expect(shipping.shippedNoted() == .readBatch(after: seq))
        #expect(shipping.batchRead(Self.batch(), asOf: 1) == .rest(seq: seq))
        return shipping
    }

    private func shipment(
        after: Int64?, _ seqs: ClosedRange<Int64>?, completeTo: Int64? = nil
    ) -> Shipping.Shipment {
        Shipping.Shipment(
            origin: Self.origin, after: after.map(Self.position),
            entries: seqs.map(Self.entries) ?? [], completeTo: completeTo)
    }

    @Test("an inbox that never saw the journal gets all of it")
    func unknownOrigin() {
        var shipping = asking(1...3)
        #expect(shipping.positionAnswered(nil) == .noteShipped(seq: 0))
        #expect(shipping.shippedNoted() == .readBatch(after: 0))
        #expect(
            shipping.batchRead(Self.batch(1...3, reachesHead: false), asOf: 9)
                == .append(shipment(after: nil, 1...3)))
        #expect(shipping.hole == nil)
    }

    @Test("an inbox that has some of it gets the rest, once the mark agrees", arguments: 1...3)
    func samePosition(seq: Int64) {
        var shipping = asking(1...3)
        #expect(shipping.positionAnswered(Self.position(seq)) == .readMark(seq: seq))
        #expect(shipping.markRead(Self.position(seq).mark) == .noteShipped(seq: seq))
        #expect(shipping.shippedNoted() == .readBatch(after: seq))
    }

    @Test("another mark at inbox's position is another file: a new name, and all of it again")
    func otherMark() {
        var shipping = asking(1...3)
        _ = shipping.positionAnswered(Self.position(2))
        #expect(shipping.markRead(7) == .renewOrigin)
        #expect(shipping.originRenewed() == .readExtent)
        #expect(shipping.extentRead(Self.extent(1...3)) == .askPosition(origin: Self.origin))
        #expect(shipping.positionAnswered(nil) == .noteShipped(seq: 0))
    }

    @Test(
        "a position beyond the head is another file",
        arguments: [nil, 1...3] as [ClosedRange<Int64>?])
    func beyondHead(seqs: ClosedRange<Int64>?) {
        var shipping = asking(seqs)
        #expect(shipping.positionAnswered(Self.position(4)) == .renewOrigin)
    }

    @Test("what was pruned before inbox had it is a hole, and the rest is shipped")
    func hole() {
        var shipping = asking(5...6)
        #expect(shipping.positionAnswered(Self.position(2)) == .readMark(seq: 2))
        #expect(shipping.markRead(nil) == .noteShipped(seq: 2))
        #expect(shipping.shippedNoted() == .readBatch(after: 2))
        #expect(
            shipping.batchRead(Self.batch(5...6), asOf: 9)
                == .append(shipment(after: 2, 5...6, completeTo: 9)))
        #expect(shipping.hole == 3...4)
    }

    @Test("an applied batch is noted, and the next is read after it")
    func applied() {
        var shipping = resting(at: 3)
        #expect(shipping.woken(byEntry: true) == .readBatch(after: 3))
        #expect(
            shipping.batchRead(Self.batch(4...5), asOf: 9)
                == .append(shipment(after: 3, 4...5, completeTo: 9)))
        #expect(
            shipping.appendAnswered(.init(.applied, Self.position(5))) == .noteShipped(seq: 5))
        #expect(shipping.shippedNoted() == .readBatch(after: 5))
        #expect(shipping.batchRead(Self.batch(), asOf: 9) == .rest(seq: 5))
    }

    @Test("a batch that was applied when its answer got lost counts, for its mark proves it")
    func appliedBefore() {
        var shipping = resting(at: 3)
        _ = shipping.woken(byEntry: true)
        _ = shipping.batchRead(Self.batch(4...5), asOf: 9)
        #expect(
            shipping.appendAnswered(.init(.mismatch, Self.position(5))) == .noteShipped(seq: 5))
    }

    @Test(
        "any other answer leads back to asking, and twice in a row to waiting first",
        arguments: [
            AppendEntries.Answer(.mismatch, nil), .init(.mismatch, position(2)),
            .init(.applied, position(4)), .init(.applied, JournalPosition(seq: 5, mark: 1)),
        ])
    func mismatch(answer: AppendEntries.Answer) {
        var shipping = resting(at: 3)
        _ = shipping.woken(byEntry: true)
        _ = shipping.batchRead(Self.batch(4...5), asOf: 9)
        #expect(shipping.appendAnswered(answer) == .readExtent)
        _ = shipping.extentRead(Self.extent(1...5))
        _ = shipping.positionAnswered(nil)
        _ = shipping.shippedNoted()
        _ = shipping.batchRead(Self.batch(1...5), asOf: 9)
        #expect(shipping.appendAnswered(.init(.mismatch, nil)) == .wait(.milliseconds(100)))
    }

    @Test("the reports of an idle journal say up to when it is complete, one each interval")
    func reports() {
        var shipping = resting(at: 3)
        for time in [Int64(2_000), 4_000] {
            #expect(shipping.woken(byEntry: false) == .readBatch(after: 3))
            #expect(
                shipping.batchRead(Self.batch(), asOf: time)
                    == .append(shipment(after: 3, nil, completeTo: time)))
            #expect(shipping.appendAnswered(.init(.applied, Self.position(3))) == .rest(seq: 3))
        }
    }

    @Test("a report finds out that inbox was restored")
    func reportMismatch() {
        var shipping = resting(at: 3)
        _ = shipping.woken(byEntry: false)
        _ = shipping.batchRead(Self.batch(), asOf: 1)
        #expect(shipping.appendAnswered(.init(.mismatch, Self.position(2))) == .readExtent)
    }

    @Test("an empty journal reports too")
    func emptyReport() {
        var shipping = asking(nil)
        _ = shipping.positionAnswered(nil)
        _ = shipping.shippedNoted()
        #expect(shipping.batchRead(Self.batch(), asOf: 1) == .rest(seq: 0))
        _ = shipping.woken(byEntry: false)
        #expect(
            shipping.batchRead(Self.batch(), asOf: 2)
                == .append(shipment(after: nil, nil, completeTo: 2)))
        #expect(shipping.appendAnswered(.init(.applied, nil)) == .rest(seq: 0))
    }

    @Test("nothing is reported that nobody wants, nor before the end was read")
    func noReports() {
        var shipping = resting(at: 3)
        shipping.reportsCompleteness = false
        _ = shipping.woken(byEntry: false)
        #expect(shipping.batchRead(Self.batch(), asOf: 1) == .rest(seq: 3))
        shipping.reportsCompleteness = true
        _ = shipping.woken(byEntry: true)
        #expect(
            shipping.batchRead(Self.batch(4...4, reachesHead: false), asOf: 1)
                == .append(shipment(after: 3, 4...4)))
    }

    @Test(
        "after a failure it waits longer each time, to a limit, and asks again where inbox stands")
    func backoff() {
        var shipping = asking(1...3)
        var waits: [Shipping.Action] = []
        for _ in 0..<6 {
            waits.append(shipping.failed())
            #expect(shipping.waited() == .readExtent)
            #expect(shipping.extentRead(Self.extent(1...3)) == .askPosition(origin: Self.origin))
        }
        #expect(waits == [100, 200, 400, 800, 1_600, 2_000].map { .wait(.milliseconds($0)) })
    }

    @Test("one confirmed batch makes the next failure wait a short time again")
    func backoffEnds() {
        var shipping = asking(1...3)
        _ = shipping.failed()
        _ = shipping.failed()
        shipping = {
            var again = shipping
            _ = again.waited()
            _ = again.extentRead(Self.extent(1...3))
            _ = again.positionAnswered(nil)
            _ = again.shippedNoted()
            _ = again.batchRead(Self.batch(1...3), asOf: 1)
            _ = again.appendAnswered(.init(.applied, Self.position(3)))
            return again
        }()
        #expect(shipping.failed() == .wait(.milliseconds(100)))
    }

    @Test("an answer to a question that was not asked leads back to the start")
    func outOfTurn() {
        var shipping = Shipping()
        _ = shipping.start()
        #expect(shipping.positionAnswered(nil) == .readExtent)
        #expect(shipping.markRead(nil) == .readExtent)
        #expect(shipping.shippedNoted() == .readExtent)
        #expect(shipping.batchRead(Self.batch(), asOf: 0) == .readExtent)
        #expect(shipping.appendAnswered(.init(.applied, nil)) == .readExtent)
        #expect(shipping.woken(byEntry: true) == .readExtent)
    }
}
