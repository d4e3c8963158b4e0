import FoundationEssentials
import Journal
import Wire

/// What inbox promises to a shipper, in memory: its position moves in the step of the effects.
struct ModelInbox: Equatable {
    /// A gap before an entry, as seen when it was applied.
    struct Hole: Hashable {
        let origin: String
        let seqs: ClosedRange<Int64>
    }

    private(set) var positions: [String: JournalPosition] = [:]
    /// How often each body took effect: the keys of the real one absorb what comes twice.
    private(set) var effects: [Data: Int] = [:]
    private(set) var holes: Set<Hole> = []
    /// Entries of one journal that came a second time although the position was past them.
    private(set) var repeated = 0
    private var seen: Set<String> = []

    mutating func append(_ shipment: Shipping.Shipment) -> AppendEntries.Answer {
        let position = positions[shipment.origin]
        guard position == shipment.after else { return .init(.mismatch, position) }
        for entry in shipment.entries {
            let expected = (positions[shipment.origin]?.seq ?? 0) + 1
            if entry.position.seq > expected {
                holes.insert(
                    Hole(origin: shipment.origin, seqs: expected...entry.position.seq - 1))
            }
            let name = "\(shipment.origin) \(entry.position.seq) \(entry.position.mark)"
            if !seen.insert(name).inserted { repeated += 1 }
            if effects[entry.body] == nil { effects[entry.body] = 1 }
            positions[shipment.origin] = entry.position
        }
        return .init(.applied, positions[shipment.origin])
    }
}
