import FoundationEssentials
import JSON
import TestSupport
import Testing
import Wire

@testable import Inbox

@Suite("The same entries give the same inbox, however they come")
struct InterleavingTests {
    @Test("journals interleaved and cut at random give the same tables", arguments: 1...12)
    func interleaving(seed: UInt64) async throws {
        var random = Seeded(seed)
        var world = World()
        try world.live(steps: 60, &random)
        // All of ingress's journal comes once more: its file was replaced, and has a new name.
        var again = JournalDouble(.ingress, origin: "origin-anew")
        for entry in world.ingress.entries { again.add(entry.kind, entry.body, at: entry.at) }
        let journals = [world.ingress, world.provider, again]

        let expected = try await StoreDouble()
        for journal in journals { try await expected.append(journal.whole()) }
        let tables = try await expected.dump()
        #expect(tables.count > 20)

        for _ in 0..<3 {
            let inbox = try await StoreDouble()
            var places = [Int](repeating: 0, count: journals.count)
            while let index = journals.indices.filter({ places[$0] < journals[$0].entries.count })
                .randomElement(using: &random)
            {
                let rest = journals[index].entries.count - places[index]
                let end = places[index] + Int.random(in: 1...min(rest, 20), using: &random)
                let batch = journals[index].batch(
                    places[index]..<end, completeTo: Bool.random(using: &random) ? 1 : nil)
                #expect(try await inbox.append(batch).outcome == .applied)
                // A request whose answer was lost is sent again.
                #expect(try await inbox.append(batch).outcome == .mismatch)
                places[index] = end
            }
            let found = try await inbox.dump()
            #expect(Set(found).subtracting(tables).sorted() == [])
            #expect(Set(tables).subtracting(found).sorted() == [])
            #expect(try await inbox.searchFaults() == 0)
        }
    }

    @Test("statuses in every order, before and after their message, end in the same state")
    func statusesInEveryOrder() async throws {
        let names = ["sent", "delivered", "read", "failed"]
        var seen: Set<[String]> = []
        for (index, order) in permutations(of: names).enumerated() {
            let inbox = try await StoreDouble()
            var provider = JournalDouble(.provider)
            try provider.add(Sample.queued("msg_1", at: Sample.startAt))
            try provider.add(
                OutboxTransition(
                    id: "msg_1", mode: .stub, status: .accepted, at: Sample.startAt + 1,
                    wamid: "wamid.1", attempt: 1))
            var ingress = JournalDouble(.ingress)
            for name in order {
                let second = Sample.start + Int64(names.firstIndex(of: name) ?? 0)
                ingress.add(
                    .webhook,
                    Sample.body(
                        Sample.status(
                            name, wamid: "wamid.1", at: second,
                            callback: name == "read" ? "msg_1.1" : nil)), at: second * 1_000)
            }
            // The message comes after as many statuses as the permutation's number says.
            let place = index % 5
            try await inbox.append(ingress.batch(0..<place))
            try await inbox.append(provider.whole())
            try await inbox.append(ingress.batch(place..<4))

            let found = try await inbox.message(.id("msg_1"))
            let message = try #require(found.message)
            #expect(message.status == .read)
            #expect(message.error == nil)
            #expect(message.wamid == "wamid.1")
            #expect(
                Set(message.statusAt.keys) == [
                    "queued", "accepted", "sent", "delivered", "read", "failed",
                ])
            #expect(message.statusAt["delivered"] == Timestamp(seconds: Sample.start + 1))
            seen.insert(found.timeline.map { "\($0.at.text) \($0.status) \($0.source)" })
        }
        #expect(seen.count == 1)
    }

    @Test(
        "of several attempts the newest counts, unless an older one arrived",
        arguments: [
            (["1 failed"], MessageStatus.failed), (["1 failed", "2 sent"], .sent),
            (["2 sent", "1 failed"], .sent), (["1 delivered", "2 failed"], .delivered),
            (["1 sent", "1 failed", "1 sent"], .failed), (["1 tomorrow"], .accepted),
        ])
    func attempts(reports: [String], status: MessageStatus) {
        var progress = Progress(transitions: [
            .init(moment: Moment(at: 1, seq: 1), status: .accepted, attempt: 1, wamid: "w1")
        ])
        for (index, report) in reports.enumerated() {
            let parts = report.split(separator: " ")
            progress.reports.append(
                .init(
                    moment: Moment(at: 2, seq: Int64(index)), timestamp: 2, name: String(parts[1]),
                    attempt: Int64(parts[0]) ?? 0, wamid: "w\(parts[0])"))
        }
        #expect(progress.outcome?.status == status)
    }

    @Test("a failed message that the outbox takes up again is queued; one that was sent is not")
    func takenUpAgain() {
        var progress = Progress(
            transitions: [.init(moment: Moment(at: 9, seq: 9), status: .queued, attempt: 1)],
            reports: [
                .init(
                    moment: Moment(at: 5, seq: 1), timestamp: 5, name: "failed", attempt: 1,
                    wamid: "w1")
            ])
        #expect(progress.outcome?.status == .queued)
        progress.reports[0].name = "sent"
        #expect(progress.outcome?.status == .sent)
    }
}

/// Two processes writing their journals about the same few people.
struct World {
    var ingress = JournalDouble(.ingress)
    var provider = JournalDouble(.provider)
    private var clock = Sample.startAt
    private var sent: [String] = []

    mutating func live(steps: Int, _ random: inout Seeded) throws {
        for step in 0..<steps {
            // Often the same millisecond; at times the clock is set back.
            clock += Int64([0, 0, 1, 700, -3].randomElement(using: &random) ?? 0)
            switch Int.random(in: 0..<10, using: &random) {
            case 0...3: ingress.add(.webhook, Sample.body(inbound(&random)), at: clock)
            case 4: try media(&random)
            case 5: try read(&random)
            case 6: try send(step, &random)
            case 7: try goOn(&random)
            default: status(&random)
            }
        }
    }

    private func inbound(_ random: inout Seeded) -> JSONValue {
        let wamid = "wamid.\(Int.random(in: 0..<40, using: &random))"
        // One wamid is one message: who wrote it and when follow from it.
        var fixed = Seeded(UInt64(wamid.hashOfBytes))
        let person = Int.random(in: 0..<6, using: &fixed)
        let keys = Int.random(in: 0..<3, using: &fixed)
        if Int.random(in: 0..<20, using: &random) == 0 { return Sample.change(["messages": [7]]) }
        if Int.random(in: 0..<20, using: &random) == 0 {
            return ["field": "account_alerts", "value": .integer(Int64(person))]
        }
        return Sample.text(
            "text of \(wamid)", wamid: wamid, from: keys == 1 ? nil : "43660000000\(person)",
            user: keys == 0 ? nil : "AT.\(person / 2)", name: "Name \(keys)",
            group: Int.random(in: 0..<9, using: &fixed) == 0 ? "Z3JvdXA=" : nil,
            number: "30020010040060\(person % 2)",
            at: Sample.start + Int64.random(in: 0..<5, using: &fixed))
    }

    private mutating func read(_ random: inout Seeded) throws {
        let person = Int.random(in: 0..<6, using: &random)
        try ingress.add(
            JournalCommand(
                id: "c\(clock)", verb: .markRead,
                contact: ["+43660000000\(person)", "AT.\(person / 2)", "Z3JvdXA="]
                    .randomElement(using: &random) ?? "",
                phoneNumberID: Bool.random(using: &random) ? nil : "300200100400600"), at: clock)
    }

    /// A picture comes, or something becomes of its file.
    private mutating func media(_ random: inout Seeded) throws {
        let id = "88001100\(Int.random(in: 0..<5, using: &random))"
        guard Bool.random(using: &random) else {
            return ingress.add(
                .webhook, Sample.body(Sample.image(id, wamid: "wamid.of.\(id)")), at: clock)
        }
        try provider.add(
            MediaTransition(
                mediaID: id, phoneNumberID: Sample.number,
                state: MediaState.allCases.randomElement(using: &random) ?? .pending, at: clock,
                size: Int64.random(in: 1...3, using: &random)))
    }

    private mutating func send(_ step: Int, _ random: inout Seeded) throws {
        let id = "msg_\(step)"
        sent.append(id)
        try provider.add(
            Sample.queued(
                id, at: clock, to: "43660000000\(Int.random(in: 0..<6, using: &random))",
                number: "300200100400600"))
    }

    private mutating func goOn(_ random: inout Seeded) throws {
        guard let id = sent.randomElement(using: &random) else { return }
        let attempt = Int.random(in: 1...2, using: &random)
        let status =
            [MessageStatus.sending, .accepted, .unknown, .failed, .queued]
            .randomElement(using: &random) ?? .queued
        try provider.add(
            OutboxTransition(
                id: id, mode: .stub, status: status, at: clock,
                wamid: status == .accepted ? "wamid.\(id).\(attempt)" : nil, attempt: attempt))
    }

    private mutating func status(_ random: inout Seeded) {
        guard let id = sent.randomElement(using: &random) else { return }
        let attempt = Int.random(in: 1...2, using: &random)
        let name =
            ["sent", "delivered", "read", "failed", "deleted"].randomElement(using: &random) ?? ""
        let body = Sample.body(
            Sample.status(
                name, wamid: "wamid.\(id).\(attempt)", at: clock / 1_000,
                callback: Bool.random(using: &random) ? "\(id).\(attempt)" : nil,
                number: "300200100400600"))
        if Bool.random(using: &random) {
            ingress.add(.webhook, body, at: clock)
        } else {
            provider.add(.webhook, body, at: clock)
        }
    }
}

extension String {
    /// The same in every run, unlike `hashValue` (FNV-1a).
    fileprivate var hashOfBytes: UInt32 {
        utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}

private func permutations(of names: [String]) -> [[String]] {
    guard names.count > 1 else { return [names] }
    return names.flatMap { first in
        permutations(of: names.filter { $0 != first }).map { [first] + $0 }
    }
}
