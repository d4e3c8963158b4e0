import FoundationEssentials
import JSON
import TestSupport
import Testing

extension RunningTests {
    /// The account's templates, with a Graph of ours that lists them.
    @Suite("templates")
    struct TemplateTests {
        private static let account = "200100300400501"
        private static let path = "/api/whatsapp/templates"

        private static func template(
            _ name: String, status: String = "APPROVED", body: String = "Hello {{1}}"
        ) -> JSONValue {
            [
                "id": .string("91002003\(name.utf8.count)"), "name": .string(name),
                "language": "de", "status": .string(status), "category": "UTILITY",
                "components": [["type": "BODY", "text": .string(body)]],
            ]
        }

        /// Lends a live group whose account has these templates, once provider has the list.
        private func withTemplates(
            _ templates: [JSONValue], _ body: (TestGroup, FakeGraph) async throws -> Void
        ) async throws {
            try await withLiveGroup(
                provider: ["WHATSAPP_BUSINESS_ACCOUNT_ID": Self.account],
                preparing: { try await $0.setTemplates(templates) }
            ) { group, graph in
                try await eventually("the list is there") {
                    try await group.get(Self.path).status == 200
                }
                try await body(group, graph)
            }
        }

        private func send(
            _ name: String, _ parameters: String = #"["Jana"]"#, to: String = "+436605550122",
            in group: TestGroup, _ fields: [String] = []
        ) async throws -> HTTPAnswer {
            try await group.send(
                "send_template",
                #"{"to":"\#(to)","template_name":"\#(name)","language_code":"de","parameters":\#(parameters)}"#,
                fields)
        }

        private func names(_ query: String = "", in group: TestGroup) async throws -> [String] {
            let answer = try await group.get(Self.path + query)
            return (answer.json["templates"]?.elements ?? []).compactMap { $0["name"]?.text }
        }

        private func status(of id: String, in group: TestGroup) async throws -> String? {
            try await group.get("/api/whatsapp/messages/\(id)").json["outbox"]?["status"]?.text
        }

        /// Posts what Meta says of a template.
        private func tell(_ event: String, of name: String, to group: TestGroup) async throws {
            let body = Payload.body([
                [
                    "field": "message_template_status_update",
                    "value": [
                        "event": .string(event), "message_template_name": .string(name),
                        "message_template_language": "de", "reason": .null,
                    ],
                ]
            ])
            #expect(try await group.webhook(body).status == 200)
        }

        @Test("all of them are listed over several pages, with what goes into each, and filtered")
        func listed() async throws {
            let many = (100..<220).map { Self.template("t_\($0)") }
            try await withTemplates(
                many + [Self.template("paused", status: "PAUSED", body: "Hi {{name}}")]
            ) { group, graph in
                let answer = try await group.get(Self.path).json
                #expect(answer["templates"]?.elements?.count == 121)
                #expect(answer["next_cursor"] == nil && answer["fetched_at"]?.text != nil)
                // Whoever wants the list while the first one is under way waits for a second one.
                let pages = try await graph.counts().endpoints["templates"] ?? 0
                #expect(pages > 0 && pages.isMultiple(of: 3))
                #expect(try await names("?status=paused", in: group) == ["paused"])
                #expect(try await names("?name=t_107&language=de", in: group) == ["t_107"])
                #expect(try await names("?name=t_107&language=en", in: group).isEmpty)
                let paused = try await group.get(Self.path + "?name=paused").json["templates"]?
                    .elements?.first
                #expect(paused?["variables"]?["body"] == ["name"])
                #expect(paused?["parameter_format"] == "NAMED" && paused?["sendable"] == false)
                #expect(paused?["hint"]?.text?.contains("pause") == true)
                let odd = try await group.get(Self.path + "?refresh=maybe")
                #expect(odd.status == 400 && odd.json["error"]?["field"] == "refresh")
            }
        }

        @Test(
            "what Meta would refuse is refused at once, by the field's own name, and Graph sees no message"
        )
        func refused() async throws {
            try await withTemplates([
                Self.template("order_ready"), Self.template("old", status: "DISABLED"),
            ]) { group, graph in
                func expect(
                    _ answer: HTTPAnswer, _ code: String, _ field: String
                ) {
                    #expect(answer.status == 400, "\(answer.text)")
                    #expect(answer.json["error"]?["code"]?.text == code, "\(answer.text)")
                    #expect(answer.json["error"]?["field"]?.text == field, "\(answer.text)")
                }
                let key = ["Idempotency-Key: k1"]
                expect(
                    try await send("order_ready", #"["a","b"]"#, in: group, key),
                    "template_parameters", "parameters")
                expect(
                    try await send("order_redy", in: group), "template_unavailable",
                    "template_name")
                expect(try await send("old", in: group), "template_unavailable", "template_name")
                let cloud = try await group.send(
                    "messages",
                    #"{"to":"+436605550122","type":"template","template":{"name":"order_ready","language":{"code":"de"},"components":[{"type":"body","parameters":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}}"#
                )
                expect(cloud, "template_parameters", "template.components[0].parameters")
                #expect(try await graph.counts().endpoints["messages"] == nil)
                // The refusal left the key free.
                let good = try await send("order_ready", in: group, key)
                #expect(good.status == 200, "\(good.text)")
                #expect(try await graph.accepted().count == 1)
            }
        }

        @Test("a template that is approved after the list was made is sent at the first try")
        func approvedLater() async throws {
            try await withTemplates([]) { group, graph in
                #expect(try await send("nowhere", in: group).status == 400)
                try await graph.setTemplates([Self.template("fresh")])
                #expect(try await send("fresh", in: group).status == 200)
                #expect(
                    try await names(in: group) == ["fresh"], "found by the send, not by an hour")
                #expect(try await send("fresh", "[]", in: group).status == 400)
            }
        }

        @Test("refusals of Graph's that contradict the list have it asked for once")
        func contradicted() async throws {
            try await withTemplates([Self.template("gone")]) { group, graph in
                try await graph.add(GraphRule(times: 3, .error(132_001)))
                for n in 0..<3 {
                    // Another template each time would be held apart; the same one is held after the first.
                    let answer = try await send("gone", to: "+43660555012\(n)", in: group)
                    #expect(answer.json["error"]?["code"] == "template_unavailable")
                }
                try await eventually("Graph was asked again") {
                    try await graph.counts().endpoints["templates"] == 2
                }
            }
        }

        @Test(
            "a webhook that pauses a template holds what waits for it alone; one that lifts the pause lets it go"
        )
        func heldByWebhook() async throws {
            try await withTemplates([Self.template("shaky"), Self.template("steady")]) {
                group, graph in
                // Two to one person, of whom the first fails for a while: the other waits behind it.
                try await graph.add(GraphRule(when: .init(to: "+436605550122"), .error(131_000)))
                var ids: [String] = []
                for _ in 0..<2 {
                    let answer = try await send("shaky", in: group, ["Prefer: respond-async"])
                    #expect(answer.status == 202, "\(answer.text)")
                    ids.append(try #require(answer.json["id"]?.text))
                }
                try await graph.setTemplates([
                    Self.template("shaky", status: "PAUSED"), Self.template("steady"),
                ])
                try await tell("PAUSED", of: "shaky", to: group)
                try await eventually("both are held", within: .seconds(30)) {
                    let statuses = [
                        try await status(of: ids[0], in: group),
                        try await status(of: ids[1], in: group),
                    ]
                    return statuses == ["held", "held"]
                }
                try await graph.removeRules()
                let other = try await send("steady", to: "+436605550133", in: group)
                #expect(other.status == 200, "\(other.text)")
                #expect(try await send("shaky", to: "+436605550133", in: group).status == 400)
                #expect(try await graph.accepted().count == 1)

                try await graph.setTemplates([
                    Self.template("shaky"), Self.template("steady"),
                ])
                try await tell("UNPAUSED", of: "shaky", to: group)
                for id in ids {
                    try await eventually("it is sent", within: .seconds(30)) {
                        try await status(of: id, in: group) == "accepted"
                    }
                }
                #expect(try await graph.accepted().count == 3)
                #expect(try await send("shaky", to: "+436605550144", in: group).status == 200)
            }
        }

        @Test("a start without Graph still lists, and refuses what does not fit")
        func restarted() async throws {
            try await withTemplates([Self.template("order_ready")]) { group, graph in
                let before = try await group.get(Self.path).json
                try await graph.refuse()
                group.provider.kill()
                try await group.provider.start()
                let after = try await group.get(Self.path).json
                #expect(after == before && after["templates"]?.elements?.count == 1)
                #expect(try await send("order_ready", "[]", in: group).status == 400)
            }
        }

        @Test("a list that Meta refuses is a warning with the cure, and sends go on unchecked")
        func listRefused() async throws {
            try await withLiveGroup(
                provider: ["WHATSAPP_BUSINESS_ACCOUNT_ID": Self.account],
                preparing: {
                    try await $0.add(GraphRule(when: .init(endpoint: .templates), .error(200)))
                }
            ) { group, _ in
                try await eventually("health says so") {
                    try await group.get("/api/health").text.contains("templates_stale")
                }
                let health = try await group.get("/api/health")
                #expect(health.json["status"] == "ok", "\(health.text)")
                #expect(health.text.contains("whatsapp_business_management"))
                #expect(try await group.get(Self.path).status == 503)
                #expect(try await send("anything", in: group).status == 200)
            }
        }

        @Test(
            "without the account's id nothing is checked, and the list and health say what is missing"
        )
        func noAccount() async throws {
            try await withLiveGroup { group, graph in
                let answer = try await group.get(Self.path)
                #expect(answer.status == 501)
                #expect(answer.text.contains("WHATSAPP_BUSINESS_ACCOUNT_ID"))
                let health = try await group.get("/api/health")
                #expect(health.json["status"] == "ok", "\(health.text)")
                #expect(health.text.contains("templates_unknown"))
                #expect(try await send("anything", in: group).status == 200)
                #expect(try await graph.counts().endpoints["templates"] == nil)
            }
        }

        @Test("stub mode lists its samples and checks these only")
        func stub() async throws {
            try await withGroup { group in
                try await group.start()
                let listed = try await names(in: group)
                #expect(listed.first == "hello_world" && listed.contains("sample_order_update"))
                func send(_ name: String, _ parameters: String) async throws -> HTTPAnswer {
                    try await group.send(
                        "send_template",
                        #"{"to":"+436605550122","template_name":"\#(name)","language_code":"en_US","parameters":\#(parameters)}"#
                    )
                }
                #expect(try await send("sample_order_update", #"["Jana","991"]"#).status == 200)
                let short = try await send("sample_order_update", #"["Jana"]"#)
                #expect(short.status == 400 && short.json["error"]?["field"] == "parameters")
                #expect(short.text.contains("your order {{2}}"))
                let named = try await send("sample_appointment", #"{"first_nam":"Jana","day":"x"}"#)
                #expect(named.json["error"]?["field"] == "parameters.first_nam")
                #expect(named.text.contains("Did you mean first_name?"))
                #expect(try await send("sample_offer", #"["Jana"]"#).status == 400)
                #expect(try await send("sample_paused", "[]").status == 400)
                #expect(try await send("ours_alone", #"["a","b","c"]"#).status == 200)
            }
        }
    }
}
