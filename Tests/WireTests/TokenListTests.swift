import FoundationEssentials
import Testing
import Wire

@Suite("The list of API tokens")
struct TokenListTests {
    private static let now = Timestamp(seconds: 1_790_000_000)

    private static func digest(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 64 - digits.count) + digits
    }

    private static func list(_ count: Int) throws -> TokenList {
        var list = TokenList()
        for number in 0..<count {
            try list.add("t\(number)", sha256: digest(number), scopes: [.read], at: now)
        }
        return list
    }

    private static func later(days: Int64) -> Timestamp {
        Timestamp(milliseconds: now.milliseconds + days * 86_400_000)
    }

    @Test("is read as it was written")
    func roundTrip() throws {
        var list = try Self.list(2)
        try list.add(
            "crm", sha256: Self.digest(77), scopes: [.send, .read], expiresAt: Self.later(days: 30),
            at: Self.now)
        try list.revoke("t0", at: Self.later(days: 1))
        let read = try TokenList(list.encoded())
        #expect(read == list)
        #expect(read.tokens.last?.scopes == [.read, .send])
    }

    @Test("cut at any byte is damaged, and no shorter list")
    func cut() throws {
        let bytes = try Self.list(2).encoded()
        // The line end alone may be missing.
        for length in 0..<bytes.count - 1 {
            #expect(throws: TokenList.Damage.self) { try TokenList(bytes.prefix(length)) }
        }
    }

    @Test("a name is taken once; once revoked it may be used again, and the old token is unknown")
    func names() throws {
        var list = try Self.list(1)
        #expect(throws: TokenList.Refusal.self) {
            try list.add("t0", sha256: Self.digest(9), scopes: [.read], at: Self.now)
        }
        try list.revoke("t0", at: Self.now)
        #expect(throws: TokenList.Refusal.self) { try list.revoke("t0", at: Self.now) }
        try list.add("t0", sha256: Self.digest(9), scopes: [.read], at: Self.now)
        #expect(list.tokens.map(\.sha256) == [Self.digest(9)])
    }

    @Test(
        "names are of letters, digits, dots and dashes, and none is the gateway's own",
        arguments: ["", "A", "a b", "a/b", "é", "default", String(repeating: "a", count: 65)])
    func wrongNames(name: String) {
        var list = TokenList()
        #expect(throws: TokenList.Refusal.self) {
            try list.add(name, sha256: Self.digest(1), scopes: [.read], at: Self.now)
        }
        #expect(list == TokenList())
    }

    @Test("there is room for 1,000 tokens, the revoked among them, until 90 days are over")
    func limit() throws {
        var list = try Self.list(TokenList.limit)
        try list.revoke("t0", at: Self.now)
        #expect(throws: TokenList.Refusal.self) {
            try list.add("one-more", sha256: Self.digest(5_000), scopes: [.read], at: Self.now)
        }
        try list.add(
            "one-more", sha256: Self.digest(5_000), scopes: [.read], at: Self.later(days: 91))
        #expect(list.tokens.count == TokenList.limit)
        #expect(try list.encoded().count < TokenList.longestFile / 2)
    }

    @Test("a token is good until the moment of its end, and not from it on")
    func expiry() throws {
        var list = TokenList()
        let end = Self.later(days: 1)
        try list.add(
            "crm", sha256: Self.digest(1), scopes: [.read], expiresAt: end, at: Self.now)
        let token = try #require(list.tokens.first)
        let before = Timestamp(milliseconds: end.milliseconds - 1)
        #expect(token.refusal(at: before) == nil)
        #expect(token.refusal(at: end) == RefusedToken(name: "crm", reason: .expired, at: end))
        #expect(throws: TokenList.Refusal.self) {
            try list.add(
                "late", sha256: Self.digest(2), scopes: [.read], expiresAt: Self.now, at: Self.now)
        }
    }

    @Test(
        "what only resembles a list is refused, with a reason",
        arguments: [
            ("", "no list"), ("{}", "no list"), (#"{"version":2,"tokens":[]}"#, "version 2"),
            (#"{"version":1,"tokens":[{"name":"a"}]}"#, "no list"),
            (of("a", 1, "everything"), "no list"), (of("A", 1), "that is none"),
            (of("default", 1), "that is none"), (of("a", 1, nil), "that is none"),
            (#"{"version":1,"tokens":[\#(one("a", 1)),\#(one("a", 2))]}"#, "a twice"),
            (#"{"version":1,"tokens":[\#(one("a", 1)),\#(one("b", 1))]}"#, "b twice"),
        ])
    func damaged(text: String, reason: String) {
        let damage = #expect(throws: TokenList.Damage.self) { try TokenList(Data(text.utf8)) }
        #expect(damage.map { "\($0)".contains(reason) } == true, "\(String(describing: damage))")
    }

    private static func of(_ name: String, _ number: Int, _ scope: String? = "read") -> String {
        #"{"version":1,"tokens":[\#(one(name, number, scope))]}"#
    }

    private static func one(_ name: String, _ number: Int, _ scope: String? = "read") -> String {
        let scopes = scope.map { #"["\#($0)"]"# } ?? "[]"
        return
            #"{"name":"\#(name)","scopes":\#(scopes),"sha256":"\#(digest(number))","created_at":"2026-09-21T14:13:20Z"}"#
    }
}

@Suite("The notes of what was used")
struct TokenUsesTests {
    @Test("are read as they were written; what is no line is passed over")
    func roundTrip() {
        var uses = TokenUses()
        _ = uses.note("b", at: 1_790_000_000_000)
        _ = uses.note("a", at: 1_790_000_060_000)
        #expect(TokenUses(uses.text) == uses)
        #expect(TokenUses("half a li" + "\n" + uses.text + "a 2026") == uses)
        for length in 0...uses.text.utf8.count {
            let cut = TokenUses(String(uses.text.prefix(length)))
            #expect(cut["a"] == nil || cut["a"] == uses["a"])
        }
    }

    @Test("a second use within the minute is the same one; a clock that was ahead is put right")
    func grain() {
        var uses = TokenUses()
        let isNew = [1_000_000, 1_059_999, 1_060_000, 1_000_000].map { uses.note("a", at: $0) }
        #expect(isNew == [true, false, true, true])
        #expect(uses["a"]?.milliseconds == 1_000_000)
    }

    @Test("what is kept no more is forgotten")
    func keep() {
        var uses = TokenUses("a 2026-09-21T14:13:20Z\nb 2026-09-21T14:13:20Z\n")
        uses.keep { $0 == "b" }
        #expect(uses["a"] == nil && uses["b"] != nil)
    }
}
