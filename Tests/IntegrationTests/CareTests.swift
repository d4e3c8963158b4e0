import FoundationEssentials
import JSON
import SQLite
import TestSupport
import Testing

/// Audits, and copies of the stores while they are in use.
@Suite("care of the data", .serialized)
struct CareTests {
    private static func audit(_ group: TestGroup) async throws -> JSONValue {
        try await group.get("/api/whatsapp/audit").json
    }

    @Test(
        "an audit adds up what was answered, written and applied, and names what inbox could not read"
    )
    func auditAddsUp() async throws {
        try await withGroup { group in
            try await group.start()
            try await group.postTexts(numbered("w", 1...5))
            _ = try await group.settledTexts()
            let whole = try await Self.audit(group)
            #expect(whole["whole"] == .bool(true))
            let day = whole["days"]?.elements?.first { $0["process"]?.text == "ingress" }
            for (name, count) in [("answered", 5), ("entries", 5), ("applied", 5), ("waiting", 0)] {
                #expect(day?[name] == .integer(Int64(count)), "\(name)")
            }
            group.inbox.kill()
            try await group.postTexts(numbered("x", 1...3))
            #expect(try await group.webhook(Array("no json".utf8)).status == 200)
            try await group.inbox.start()
            try await eventually("all is applied, but for what nobody can read") {
                let day = try await Self.audit(group)["days"]?.elements?.first {
                    $0["process"]?.text == "ingress"
                }
                return day?["applied"] == 8 && day?["set_aside"] == 1
            }
            let gaps = try await Self.audit(group)
            #expect(gaps["whole"] == .bool(false))
            #expect(gaps["gaps"]?.elements?.map { $0["kind"]?.text } == ["set_aside"])
            #expect(try await group.get("/api/whatsapp/audit?day=yesterday").status == 400)
        }
    }

    @Test("a backup made under load has everything that was answered before it began")
    func backupUnderLoad() async throws {
        try await withGroup { group in
            try await group.start()
            try await group.postTexts(numbered("before", 1...40))
            async let load: Void = group.postTexts(numbered("during", 1...200))
            let answer = try await group.ask("POST", "/api/whatsapp/backup", [], body: nil)
            try await load
            #expect(answer.status == 200, "\(answer.text)")
            let files = answer.json["stores"]?.elements?.compactMap { $0["file"]?.text } ?? []
            #expect(
                files == ["inbox/backup.db", "provider/backup.db", "ingress/backup.db"])
            for file in files {
                let copy = try Database(path: group.folder.file(file))
                #expect(try copy.quickCheck().isEmpty)
            }
            // Inbox may lag; the journal's copy has what inbox's lacks.
            let applied = answer.json["stores"]?.elements?.first?["applied"]?.elements ?? []
            let reached = applied.first { $0["process"]?.text == "ingress" }?["position"]?["seq"]
            let journal = try Database(path: group.folder.file("ingress/backup.db"))
            let written = try journal.prepare("SELECT count(*) FROM journal").first {
                $0.integer(0)
            }
            #expect(written ?? 0 >= 40)
            #expect(written ?? 0 >= reached?.text.flatMap { Int64($0) } ?? 0)
        }
    }
}
