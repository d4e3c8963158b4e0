internal import FoundationEssentials
internal import Wire

/// Seconds that copying may take.
private let copying = 3_600

/// Lets the gateway copy its stores, and prints what it says of the copies.
func backUp(_ group: Group) throws -> CInt {
    let answer = try group.ask("POST", "/api/whatsapp/backup", patience: copying)
    guard answer.status == 200 else { return complain(about: answer) }
    print(answer.body)
    return 0
}

/// Says whether the journals go on where a backup's inbox ends; 1 with the reasons when they do not.
///
/// The argument is the manifest of a backup; none stands for an inbox that never had anything.
func meets(_ group: Group, _ arguments: [String]) throws -> CInt {
    var applied: [AppliedJournal] = []
    if let path = arguments.first {
        let manifest = try JSONDecoder().decode(
            Manifest.self, from: try Data(contentsOf: URL(filePath: path)))
        applied = manifest.stores.flatMap { $0.applied ?? [] }
    }
    let answer = try group.ask("GET", "/api/whatsapp/audit")
    guard answer.status == 200 else { return complain(about: answer) }
    let report = try JSONDecoder().decode(AuditReport.self, from: Data(answer.body.utf8))
    let gaps = report.journals.compactMap { $0.gap(after: applied) }
    for gap in gaps { complain(gap) }
    return gaps.isEmpty ? 0 : 1
}

/// What a backup says of itself.
struct Manifest: Decodable {
    let stores: [StoreCopy]
}

extension AuditReport.Extent {
    /// What is missing between an inbox that was applied so far and this journal; nil when nothing is.
    ///
    /// Where they overlap, the shipper itself compares the marks.
    func gap(after applied: [AppliedJournal]) -> String? {
        guard let oldest else { return nil }
        let reached = applied.first { $0.origin == origin }?.position.seq ?? 0
        guard oldest.seq > reached + 1 else { return nil }
        return
            "entries \(reached + 1) to \(oldest.seq - 1) of \(process.rawValue) are in neither the backup nor the journal"
    }
}
