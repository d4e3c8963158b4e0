internal import Digest
internal import FoundationEssentials

/// What callers do: webhooks of Meta's, sends and reads of a CRM; the same for the same seed, but for the time in them.
struct TortureTraffic {
    static let phoneNumberID = "100200300400500"
    /// People who write and are written to; few enough for some to do both at a time.
    static let people = 120
    /// So many of what was asked before may be asked again.
    private static let remembered = 256

    private let appSecret: [UInt8]
    private let apiToken: String
    private var random: Seeded
    private var messages = 0
    private var sends = 0
    private var webhooks: [Errand] = []
    private var earlier: [Inbound] = []
    private var sent: [Errand] = []

    /// A person's message.
    private struct Inbound {
        let number: Int
        let person: Int

        var wamid: String { TortureTraffic.wamid(number) }
    }

    init(seed: UInt64, appSecret: String, apiToken: String) {
        random = Seeded(seed)
        self.appSecret = Array(appSecret.utf8)
        self.apiToken = apiToken
    }

    static func phone(_ person: Int) -> String { "43660555\(10_000 + person)" }
    static func wamid(_ number: Int) -> String { "wamid.torture.in.\(number)" }
    /// What the message of that wamid says.
    static func question(_ wamid: String) -> String { "Where is my order? I ask as \(wamid)." }
    /// What the message with that key says.
    static func reply(_ key: String) -> String { "Your order \(key) is on its way." }

    /// What is to be asked next; several errands are for several callers at once.
    mutating func next() -> [Errand] {
        switch Int.random(in: 0..<22, using: &random) {
        case 0..<6: [webhook(of: [question()])]
        case 6..<9:
            [webhook(of: (0...Int.random(in: 1...4, using: &random)).map { _ in question() })]
        case 9..<11: [webhooks.randomElement(using: &random) ?? webhook(of: [question()])]
        case 11:
            [webhook(of: (earlier.randomElement(using: &random).map { [$0] } ?? []) + [question()])]
        case 12..<17: [send()]
        case 17, 18: [sent.randomElement(using: &random) ?? send()]
        case 19: Array(repeating: send(), count: Int.random(in: 2...3, using: &random))
        default: [read()]
        }
    }

    private mutating func read() -> Errand {
        let person = Int.random(in: 0..<Self.people, using: &random)
        return Errand(
            reading: "/api/whatsapp/contact_messages?limit=20&contact=\(Self.phone(person))",
            ["Authorization: Bearer \(apiToken)"])
    }

    // MARK: Webhooks

    private mutating func question() -> Inbound {
        messages += 1
        let message = Inbound(
            number: messages, person: Int.random(in: 0..<Self.people, using: &random))
        Self.remember(message, in: &earlier, &random)
        return message
    }

    /// Its messages stand in one entry, or in one each.
    private mutating func webhook(of messages: [Inbound]) -> Errand {
        let seconds = Int(Date().timeIntervalSince1970)
        let groups = Bool.random(using: &random) ? [messages] : messages.map { [$0] }
        let changes = groups.map { group in
            let people = Set(group.map(\.person)).sorted().map { person in
                #"{"profile":{"name":"Customer \#(person)"},"wa_id":"\#(Self.phone(person))"}"#
            }
            let texts = group.map { message in
                #"{"from":"\#(Self.phone(message.person))","id":"\#(message.wamid)","#
                    + #""timestamp":"\#(seconds)","type":"text","#
                    + #""text":{"body":"\#(Self.question(message.wamid))"}}"#
            }
            return #""contacts":[\#(people.joined(separator: ","))],"#
                + #""messages":[\#(texts.joined(separator: ","))]"#
        }
        let errand = signed(changes, promising: messages.map { .message($0.wamid) })
        Self.remember(errand, in: &webhooks, &random)
        return errand
    }

    /// What Meta posts of a message that it took from us.
    func status(_ word: String, of key: String, wamid: String, to: String, callback: String)
        -> Errand
    {
        let seconds = Int(Date().timeIntervalSince1970)
        return signed(
            [
                #""statuses":[{"id":"\#(wamid)","status":"\#(word)","timestamp":"\#(seconds)","#
                    + #""recipient_id":"\#(to)","biz_opaque_callback_data":"\#(callback)"}]"#
            ], promising: [.status(key, word)])
    }

    private func signed(_ lists: [String], promising items: [Item]) -> Errand {
        let entries = lists.map { list in
            #"{"id":"102290129340398","changes":[{"field":"messages","value":{"#
                + #""messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","#
                + #""phone_number_id":"\#(Self.phoneNumberID)"},\#(list)}}]}"#
        }
        let body =
            #"{"object":"whatsapp_business_account","entry":[\#(entries.joined(separator: ","))]}"#
        let code = HMAC.sha256(key: appSecret, message: Data(body.utf8))
        return Errand(
            items, "/api/whatsapp/webhook", ["X-Hub-Signature-256: sha256=\(Hex.encode(code))"],
            body)
    }

    // MARK: Sends

    private mutating func send() -> Errand {
        sends += 1
        let key = "key-\(sends)"
        let person = Int.random(in: 0..<Self.people, using: &random)
        var fields = ["Authorization: Bearer \(apiToken)", "Idempotency-Key: \(key)"]
        // Every fourth caller does not wait for Meta.
        if Int.random(in: 0..<4, using: &random) == 0 { fields.append("Prefer: respond-async") }
        let errand = Errand(
            [.send(key)], "/api/whatsapp/send", fields,
            #"{"to":"+\#(Self.phone(person))","text":"\#(Self.reply(key))","reference":"\#(key)"}"#)
        Self.remember(errand, in: &sent, &random)
        return errand
    }

    private static func remember<Thing>(
        _ thing: Thing, in things: inout [Thing], _ random: inout Seeded
    ) {
        guard things.count == remembered else { return things.append(thing) }
        things[Int.random(in: 0..<remembered, using: &random)] = thing
    }
}
