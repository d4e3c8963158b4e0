import FoundationEssentials
import JSON
import TestSupport
import Testing

extension RunningTests {
    /// The payloads of CloudAPITests through the whole group, as Meta would post them.
    @Suite("all kinds of webhooks")
    struct KindsTests {
        private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "CloudAPITests/Fixtures")

        private func post(_ names: String..., to group: TestGroup) async throws {
            for name in names {
                let body = try Data(contentsOf: Self.folder.appending(path: "\(name).json"))
                #expect(try await group.webhook(Array(body)).status == 200, "\(name)")
            }
        }

        @Test("what Meta says of a message is on the message, at once, whichever came first")
        func messages() async throws {
            try await withGroup { group in
                try await group.start()
                try await post(
                    "edit", "text", "echo", "reaction-empty", "order-numeric-strings",
                    "interactive-flow", "revoke", "history", "text-from-ad", to: group)
                let page = try await group.get(
                    "/api/whatsapp/contact_messages?contact=%2B436605550122&limit=200")
                let messages = page.json["messages"]?.elements ?? []
                func find(_ wamid: String) -> JSONValue? {
                    messages.first { $0["wamid"]?.text == wamid }
                }
                #expect(find("wamid.IN0001")?["revisions"]?.elements?.isEmpty == false)
                #expect(find("wamid.IN0028") == nil, "an edit is no message")
                #expect(find("wamid.ECHO01")?["origin"] == "app")
                #expect(find("wamid.ECHO01")?["direction"] == "outbound")
                #expect(find("wamid.HIST01")?["origin"] == "history")
                let flow = find("wamid.IN0022")?["content"]?["nfm_reply"]?["response"]
                #expect(flow?["date"] == "2026-10-01")
                #expect(messages.contains { $0["referral"]?["source_type"] == "ad" })
                #expect(find("wamid.IN0001")?["text"] == "🚫 Message deleted")
            }
        }

        @Test("a disabled account is said in health with the cure, until it is reinstated")
        func troubles() async throws {
            try await withGroup { group in
                try await group.start()
                try await post("account-disabled", "field-of-tomorrow", to: group)
                let codes = try await codes(of: group)
                #expect(codes.reasons.contains("account_blocked"))
                #expect(codes.warnings.contains("unknown_names"))
                try await post("account-reinstated", to: group)
                #expect(try await !self.codes(of: group).reasons.contains("account_blocked"))
            }
        }

        /// What health says once everything that was posted is applied: a read waits for that.
        private func codes(
            of group: TestGroup
        ) async throws -> (reasons: [String], warnings: [String]) {
            _ = try await group.get("/api/whatsapp/conversations")
            let health = try await group.get("/api/health")
            func codes(_ name: String) -> [String] {
                (health.json[name]?.elements ?? []).compactMap { $0["code"]?.text }
            }
            return (codes("reasons"), codes("warnings"))
        }
    }
}
