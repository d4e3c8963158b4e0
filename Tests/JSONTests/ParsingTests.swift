import FoundationEssentials
import JSON
import TestSupport
import Testing

/// Reading JSON ourselves, held against the toolchain's decoder.
struct ParsingTests {
    private static func read(_ text: String) -> JSONValue? {
        try? JSONValue(parsing: Data(text.utf8))
    }

    private static func decoded(_ bytes: Data) -> JSONValue? {
        try? JSONDecoder().decode(JSONValue.self, from: bytes)
    }

    @Test(
        "what is JSON becomes the same value as through the decoder",
        arguments: [
            "null", " true ", "\n[false]\t\r", "0", "-0", "-12", "1.0", "1e2", "1E+2", "1e-2",
            "2.5",
            "-0.0", "1e999", "-1e999", "1e-999", "9223372036854775807", "-9223372036854775808",
            "9223372036854775808", "123456789012345678901234567890", "9007199254740993.0",
            "9007199254740992.0", "1e17", "1.5e18", "1e19", "-9.0e18",
            "1e-2147483649", "12345678901234567e-1",
            #""""#, #""a""#, #""a\"\\\/\b\f\n\r\t""#, #""\u00e9\u20AC\u0000""#,
            #""\ud83d\ude00""#, #""\ud83d""#, #""\ude00""#, #""\ud83dx""#, #""\ud83d\u0041""#,
            #""\ud83d\ud83d\ude00""#, #"["\ud83d",1]"#, "\"\u{7f}\u{80}ü😀\"", "[]", "{}", "[ ]",
            "[1 , 2]", "{ }", #"{"a" : 1}"#, #"{"":{}}"#, #"{"a":1,"a":2}"#, "[[[]]]",
            "\u{FEFF}[1]", #"{"a":{"b":[null,true,{"c":"d"}]},"e":"\/"}"#, #"{"\ud83d":1,"b":2}"#,
            #"{"a":{"\ud83d":1},"b":2}"#,
        ])
    func alike(text: String) throws {
        #expect(
            try JSONValue(parsing: Data(text.utf8))
                == JSONDecoder().decode(
                    JSONValue.self, from: Data(text.utf8)))
    }

    @Test(
        "what is no JSON is refused where it stops being some",
        arguments: [
            ("", 0), (" ", 1), ("nul", 3), ("nulL", 3), ("truex", 4), ("-", 1), ("+1", 0),
            ("01", 1),
            ("-01", 2), ("1.", 2), (".5", 0), ("1.e3", 2), ("1e", 2), ("1e+", 3), ("0x1", 1),
            ("NaN", 0), ("\"", 1), (#""a"#, 2), (#""\"#, 2), (#""\x""#, 2), (#""\u12g4""#, 5),
            (#""\u12"#, 5), (#""\ud83d\u"#, 9), ("\"\n\"", 1), ("[", 1), ("[1,2", 4), ("[1,]", 3),
            ("[,]", 1), ("[1 2]", 3), ("[1}", 2), ("{", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5),
            ("{a:1}", 1), (#"{"a":1,}"#, 7), (#"{"a":1"#, 6), (#"{"a" 1}"#, 5), ("1 2", 2),
            ("[1]]", 3), ("//", 0), ("'a'", 0),
        ])
    func refused(text: String, place: Int) {
        #expect(throws: JSONError.notJSON(at: place)) {
            try JSONValue(parsing: Data(text.utf8))
        }
    }

    @Test(
        "bytes that are no UTF-8 are no JSON, in a value, in a name and beside an escape",
        arguments: [
            [0x80], [0xFF], [0xC3], [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        for (before, after) in [
            ("[\"a", "\"]"), ("{\"", "\":1}"), ("\"\\n", "\""), ("\"\\ud83d", "\""),
        ] {
            let text = Data(before.utf8) + bytes + Data(after.utf8)
            #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        }
    }

    @Test("a slice of data is read from its own beginning")
    func slice() throws {
        let text = Data("xx[1,\"ab\"]x".utf8)
        #expect(try JSONValue(parsing: text[2..<10]) == [1, "ab"])
        #expect(throws: JSONError.notJSON(at: 8)) { try JSONValue(parsing: text[2...]) }
    }

    static let sample =
        #"{"object":"w","entry":[{"id":"1","changes":[{"value":{"n":-12.5e1,"s":"a\u00fc\"\\b \ud83d\ude00 😀","#
        + #""t":[true,false,null,0],"o":{}}}]}]}"#

    @Test("cut at every byte it is refused")
    func cut() {
        let bytes = Data(Self.sample.utf8)
        #expect(Self.read(Self.sample) != nil)
        for length in 0..<bytes.count {
            #expect(throws: JSONError.notJSON(at: length)) {
                try JSONValue(parsing: bytes.prefix(length))
            }
        }
    }

    @Test("whatever is read of damaged bytes, the decoder reads the same", arguments: 0..<32)
    func damaged(seed: UInt64) {
        var random = Seeded(seed)
        let alphabet =
            Array(#"{}[]",:\/untrfe+-.0123456789 "#.utf8) + [0x00, 0x0A, 0x80, 0xC3, 0xFF]
        for _ in 0..<100 {
            var bytes = Array(Self.sample.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                default: bytes.remove(at: place)
                }
            }
            guard let found = try? JSONValue(parsing: Data(bytes)) else { continue }
            #expect(found == Self.decoded(Data(bytes)), "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test(
        "random texts of JSON's own signs are read as the decoder does, or not at all",
        arguments: 0..<16)
    func random(seed: UInt64) {
        var random = Seeded(seed)
        let signs = [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u0041\"", "1", "-", ".5", "e3", "0", "null",
            " ",
        ]
        var read = 0
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 1...7, using: &random)).map { _ in
                signs[Int.random(in: 0..<signs.count, using: &random)]
            }.joined()
            guard let found = Self.read(text) else { continue }
            read += 1
            #expect(found == Self.decoded(Data(text.utf8)), "\(text)")
        }
        #expect(read > 0)
    }

    @Test("numbers of any length are the decoder's", arguments: 0..<16)
    func numbers(seed: UInt64) {
        var random = Seeded(seed)
        func digits(_ most: Int) -> String {
            (0..<Int.random(in: 1...most, using: &random)).map { _ in
                String(Int.random(in: 0...9, using: &random))
            }.joined()
        }
        for _ in 0..<200 {
            var text = Bool.random(using: &random) ? "-" : ""
            text += String(Int.random(in: 1...9, using: &random)) + digits(20)
            if Bool.random(using: &random) { text += "." + digits(20) }
            if Bool.random(using: &random) {
                text += "e" + (Bool.random(using: &random) ? "-" : "") + digits(3)
            }
            let (found, decoded) = (Self.read(text), Self.decoded(Data(text.utf8)))
            // Of fractions beyond 2^53 the decoder drops some, and rounds others.
            if case .integer(let integer)? = found, case .number(let number)? = decoded,
                number.magnitude >= 0x1p53, (Double(integer) - number).magnitude <= number.ulp
            {
                continue
            }
            #expect(found == decoded, "\(text)")
        }
    }

    @Test(
        "of a fraction beyond 2^53 the whole is kept, so that it is the same when it is written anew",
        arguments: [
            ("922337202685477581e-1", 92_233_720_268_547_758),
            ("-92233720268547758.9", -92_233_720_268_547_758),
            ("9223372036854775807.9", .max),
        ] as [(String, Int64)])
    func fractions(text: String, whole: Int64) throws {
        let value = try JSONValue(parsing: Data(text.utf8))
        #expect(value == .integer(whole))
        #expect(try JSONValue(parsing: value.encoded()) == value)
    }

    @Test("64 levels are read, 65 are refused by name, however many follow")
    func depth() throws {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            func nested(_ levels: Int) -> Data {
                let inside = String(repeating: open, count: levels) + "1"
                return Data((inside + String(repeating: close, count: levels)).utf8)
            }
            _ = try JSONValue(parsing: nested(JSONValue.maximumDepth))
            for levels in [JSONValue.maximumDepth + 1, 1_000_000] {
                #expect(throws: JSONError.tooDeep) { try JSONValue(parsing: nested(levels)) }
            }
        }
    }
}
