internal import FoundationEssentials
internal import JSON
internal import Wire

/// The traffic of a made-up business, entry by entry, as two journals hold it: the same in every run.
///
/// Seven of ten messages are inbound, the others go out and come to `read`. A few people write most,
/// words are as uneven as those of a language, and every twentieth text is Chinese.
struct BenchTraffic {
    /// Entries that are shipped together, in both journals.
    struct Batch: Sendable {
        var ingress: [JournalEntry] = []
        var provider: [JournalEntry] = []
    }

    /// Two numbers side by side.
    static let numbers = ["300200100400600", "300200100400601"]
    /// Distinct words.
    private static let vocabulary = 40_000
    /// 2026-09-21T14:13:20Z, in milliseconds: the first message.
    private static let start: Int64 = 1_790_000_000_000
    /// A message every 20 seconds, so that a million of them are some months.
    private static let pause: Int64 = 20_000

    let people: Int
    private(set) var messages = 0
    private var ingressSeq: Int64 = 0
    private var providerSeq: Int64 = 0
    private var random = Seeded(1)

    init(people: Int) { self.people = people }

    /// Wall clock of the last message, milliseconds.
    var now: Int64 { Self.start + Int64(messages) * Self.pause }

    /// A word by its rank: 0 is the commonest.
    static func word(_ rank: Int) -> String {
        let consonants = Array("bdfgklmnprstvz")
        let vowels = Array("aeiou")
        var word = ""
        var rest = rank + 1
        while rest > 0 {
            word.append(consonants[rest % consonants.count])
            word.append(vowels[rest / consonants.count % vowels.count])
            rest /= consonants.count * vowels.count
        }
        return word
    }

    static func phone(_ person: Int) -> String { "43660\(5_000_000 + person)" }

    static func name(_ person: Int) -> String {
        "\(word(50 + person % 700).capitalized) \(word(2_000 + person % 9_000).capitalized)"
    }

    /// What the next messages leave in the two journals.
    mutating func next(_ count: Int) throws -> Batch {
        var batch = Batch()
        for _ in 0..<count {
            messages += 1
            if messages % 10 < 7 { receive(&batch) } else { try send(&batch) }
        }
        return batch
    }

    private mutating func receive(_ batch: inout Batch) {
        let person = person()
        let seconds = now / 1_000
        addWebhook(
            """
            "contacts":[{"profile":{"name":"\(Self.name(person))"},"wa_id":"\(Self.phone(person))"}],\
            "messages":[{"from":"\(Self.phone(person))","id":"wamid.in.\(messages)",\
            "timestamp":"\(seconds)","type":"text","text":{"body":"\(text())"}}]
            """, of: person, &batch)
    }

    private mutating func send(_ batch: inout Batch) throws {
        let person = person()
        let id = "msg_bench\(messages)"
        let wamid = "wamid.out.\(messages)"
        let text = text()
        for status in [MessageStatus.queued, .accepted] {
            var transition = OutboxTransition(
                id: id, mode: .stub, status: status, at: now,
                wamid: status == .accepted ? wamid : nil, attempt: status == .accepted ? 1 : 0)
            if status == .queued {
                transition.message = .init(
                    phoneNumberID: number(of: person), to: .init(phone: Self.phone(person)),
                    type: "text", text: text, content: ["body": .string(text)], replyTo: nil,
                    reference: nil)
            }
            providerSeq += 1
            batch.provider.append(
                entry(providerSeq, .outbox, try JSONEncoder().encode(transition)))
        }
        for status in ["sent", "delivered", "read"] {
            addWebhook(
                """
                "statuses":[{"id":"\(wamid)","status":"\(status)","timestamp":"\(now / 1_000)",\
                "recipient_id":"\(Self.phone(person))","biz_opaque_callback_data":"\(id).1"}]
                """, of: person, &batch)
        }
    }

    private mutating func addWebhook(_ lists: String, of person: Int, _ batch: inout Batch) {
        ingressSeq += 1
        let body = """
            {"object":"whatsapp_business_account","entry":[{"id":"200100300400501","changes":[{\
            "value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":\
            "4930550010001","phone_number_id":"\(number(of: person))"},\(lists)},\
            "field":"messages"}]}]}
            """
        batch.ingress.append(entry(ingressSeq, .webhook, Data(body.utf8)))
    }

    private func entry(_ seq: Int64, _ kind: JournalEntry.Kind, _ body: Data) -> JournalEntry {
        JournalEntry(
            position: JournalPosition(seq: seq, mark: UInt64(seq)), at: now, kind: kind, body: body)
    }

    private func number(of person: Int) -> String {
        Self.numbers[person % Self.numbers.count]
    }

    /// Everybody comes once; after that a few write most.
    private mutating func person() -> Int {
        guard messages > people else { return messages - 1 }
        let part = Double.random(in: 0..<1, using: &random)
        return Int(Double(people) * part * part)
    }

    private mutating func text() -> String {
        if messages.isMultiple(of: 20) {
            let signs = (0..<Int.random(in: 4...16, using: &random)).compactMap { _ in
                Unicode.Scalar(0x4E00 + rank(among: 4_000))
            }
            return String(String.UnicodeScalarView(signs))
        }
        return (0..<Int.random(in: 2...16, using: &random)).map { _ in
            Self.word(rank(among: Self.vocabulary))
        }.joined(separator: " ")
    }

    /// Small ones far more often than large ones: the n-th is drawn in proportion to 1/n.
    private mutating func rank(among count: Int) -> Int {
        var power = 1.0
        // 2^x with x even over the binary digits of `count`, without libm.
        let digits = Double(count.bitWidth - count.leadingZeroBitCount)
        let exponent = Double.random(in: 0..<digits, using: &random)
        for _ in 0..<Int(exponent) { power *= 2 }
        let rank = Int(power * (1 + exponent - exponent.rounded(.down))) - 1
        return min(rank, count - 1)
    }
}
