import CloudAPI
import FoundationEssentials
import Testing
import JSON

struct WebhookPayloadTests {
    private func decode(_ text: String) throws(WebhookError) -> [Update] {
        try WebhookPayload.decode(Data(text.utf8))
    }

    @Test("the fixtures are found")
    func fixturesAreFound() {
        #expect(Fixture.all.count > 140)
    }

    @Test("every fixture but the batch is read without a malformed part", arguments: Fixture.all)
    func fixturesAreRead(fixture: Fixture) throws {
        let updates = try fixture.updates()
        #expect(!updates.isEmpty)
        let malformed = updates.filter { if case .malformed = $0 { true } else { false } }
        #expect(malformed.isEmpty == (fixture.name != "batch-with-malformed"))
    }

    @Test("of a batch with malformed parts everything else is kept, in order")
    func batch() throws {
        let told = try Fixture("batch-with-malformed").updates().map { update in
            switch update {
            case .message(let message): "\(message.phoneNumberID) \(message.listText)"
            case .status(let status): "\(status.wamid) \(status.status.name)"
            case .account(let event): "\(event.field) \(event.wabaID)"
            case .malformed(_, let path, _): "malformed \(path)"
            case .errors, .foreign, .appMessage: "unexpected"
            }
        }
        #expect(
            told == [
                "300200100400602 one", "malformed entry[0].changes[0].value.messages[1]",
                "300200100400602 two", "account_alerts 200100300400501", "wamid.OUT0060 sent",
                "malformed entry[0].changes[2].value.statuses[1]", "300200100400603 three",
            ])
    }

    @Test(
        "a body without an envelope is refused by what is wrong with it",
        arguments: [
            ("", WebhookError.notJSON), ("{", .notJSON), ("\u{0}", .notJSON),
            (#"{"object":"whatsapp_business_account","entry":[]}x"#, .notJSON),
            ("[]", .wrongEnvelope(part: "body")), ("12", .wrongEnvelope(part: "body")),
            ("null", .wrongEnvelope(part: "body")), ("{}", .wrongEnvelope(part: "object")),
            (#"{"object":1,"entry":[]}"#, .wrongEnvelope(part: "object")),
            (#"{"object":"whatsapp_business_account"}"#, .wrongEnvelope(part: "entry")),
            (
                #"{"object":"whatsapp_business_account","entry":{}}"#,
                .wrongEnvelope(part: "entry")
            ),
        ])
    func wrongEnvelope(body: String, error: WebhookError) {
        #expect(throws: error) { try decode(body) }
    }

    @Test("a body for another product is foreign, whole")
    func foreign() throws {
        let update = try #require(try Fixture("foreign").updates().first)
        guard case .foreign("page", let raw) = update else {
            Issue.record("\(update)")
            return
        }
        #expect(raw["entry"]?.elements?.count == 1)
    }

    @Test("an entry list without entries tells nothing")
    func empty() throws {
        #expect(try decode(#"{"object":"whatsapp_business_account","entry":[]}"#) == [])
    }

    @Test("nesting is read down to level 64, and level 65 is refused")
    func depth() throws {
        func body(levels: Int) -> String {
            // object, entry, entry[0], changes, changes[0] are five levels above the value.
            let lists = levels - 5
            let value = String(repeating: "[", count: lists) + String(repeating: "]", count: lists)
            return
                #"{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"f","value":"#
                + value + "}]}]}"
        }
        #expect(try decode(body(levels: JSONValue.maximumDepth)).count == 1)
        #expect(throws: WebhookError.tooDeep) {
            try decode(body(levels: JSONValue.maximumDepth + 1))
        }
        // Deep enough that the parser itself gives up.
        #expect(throws: WebhookError.self) { try decode(body(levels: 100_000)) }
    }

    @Test("a body cut short anywhere is refused as no JSON")
    func cutAnywhere() throws {
        let body = try JSONDecoder().decode(JSONValue.self, from: Fixture("text").body).encoded()
        for length in 0..<body.count {
            #expect(throws: WebhookError.notJSON) {
                try WebhookPayload.decode(body.prefix(length))
            }
        }
    }

    @Test(
        "one damaged byte is refused or read, never worse",
        arguments: [0x00, 0x22, 0x5C, 0x7D, 0x39, 0xFF] as [UInt8])
    func damagedByte(damage: UInt8) throws {
        let body = try JSONDecoder().decode(JSONValue.self, from: Fixture("text").body).encoded()
        for offset in 0..<body.count {
            var damaged = body
            damaged[offset] = damage
            do throws(WebhookError) {
                let updates = try WebhookPayload.decode(damaged)
                #expect(!updates.isEmpty)
            } catch {
                #expect(error != .tooDeep)
            }
        }
    }

    @Test("account fields are kept whole, with exact ids and the entry's time")
    func otherField() throws {
        let update = try #require(try Fixture("template-status").updates().first)
        guard case .account(let event) = update else {
            Issue.record("\(update)")
            return
        }
        #expect(event.field == "message_template_status_update")
        #expect(event.wabaID == "200100300400501" && event.time == 1_790_000_500)
        let raw = event.raw
        #expect(raw["value"]?["message_template_id"]?.identifier == "910020030040050061")
    }

    @Test("errors of the account carry their codes and their text")
    func errors() throws {
        let update = try #require(try Fixture("errors").updates().first)
        guard case .errors(let errors) = update else {
            Issue.record("\(update)")
            return
        }
        #expect(errors.phoneNumberID == "300200100400602")
        #expect(
            errors.errors == [
                CloudError(code: 130429, title: "Rate limit hit", details: "too fast")
            ])
        #expect(errors.errors.first?.text == "too fast")
    }

    @Test(
        "a leaf that no decoder reads costs itself, not its message nor its neighbours",
        arguments: ["1e999", #""\ud83d""#, #""\udc4b tail""#])
    func unreadableLeaf(leaf: String) throws {
        let body = String(decoding: try Fixture("batch-with-malformed").body, as: UTF8.self)
        let updates = try decode(body.replacing(#""one""#, with: leaf))
        #expect(updates.count == 7)
        guard case .message(let first)? = updates.first else {
            Issue.record("the first message is gone")
            return
        }
        #expect(first.wamid == "wamid.IN0060")
    }
}
