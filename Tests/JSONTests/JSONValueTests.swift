import FoundationEssentials
import JSON
import Testing

struct JSONValueTests {
    private func decode(_ text: String) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    private func text(_ value: JSONValue, _ form: JSONValue.TextForm = .utf8) -> String {
        String(decoding: value.encoded(form), as: UTF8.self)
    }

    @Test(
        "what is encoded is what was decoded: names sorted, no blanks, slashes as they are",
        arguments: [
            ("null", "null"), ("true", "true"), (" 12 ", "12"), ("-0.5", "-0.5"),
            (#""a/b""#, #""a/b""#),
            (#""a\/b""#, #""a/b""#), (#"{"b":1,"a":[{},[]]}"#, #"{"a":[{},[]],"b":1}"#),
            (#"{"é":1,"z":2,"Z":3}"#, #"{"Z":3,"z":2,"é":1}"#),
            (#""\u00fc\ud83d\udc4b""#, #""ü👋""#), (#""\n\t\r\u0001\\\"""#, #""\n\t\r\u0001\\\"""#),
            ("[1,null,false,\"x\",2.5,[[]]]", "[1,null,false,\"x\",2.5,[[]]]"),
            ("9223372036854775807", "9223372036854775807"),
            ("910020030040050061", "910020030040050061"),
        ])
    func roundTrip(json: String, canonical: String) throws {
        let value = try decode(json)
        #expect(text(value) == canonical)
        #expect(try decode(canonical) == value)
    }

    @Test("the escaped form is ASCII with lowercase hex, and means the same")
    func escaped() throws {
        let value: JSONValue = ["grüß": "👋 a/b"]
        #expect(text(value, .escaped) == #"{"gr\u00fc\u00df":"\ud83d\udc4b a/b"}"#)
        #expect(try decode(text(value, .escaped)) == value)
    }

    @Test("the bytes do not depend on the order in which members came")
    func deterministic() throws {
        let names = (0..<40).map { "name\($0)" }
        let forth = JSONValue.object(Dictionary(uniqueKeysWithValues: names.map { ($0, 1) }))
        let back = JSONValue.object(
            Dictionary(uniqueKeysWithValues: names.reversed().map { ($0, 1) }))
        #expect(forth.encoded() == back.encoded())
    }

    @Test(
        "numbers that JSON has no form for are written as null", arguments: [Double.nan, .infinity])
    func notFinite(number: Double) {
        #expect(text(.number(number)) == "null")
    }

    @Test("a JSONEncoder writes the same JSON")
    func throughEncoder() throws {
        let value = try decode(#"{"a":[1,2.5,"x",null,true],"b":{"c":{}}}"#)
        #expect(
            try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value)) == value)
    }

    @Test("a member that is null is as one that is absent")
    func nullMember() {
        let value: JSONValue = ["a": .null, "b": "x"]
        #expect(value["a"] == nil && value["c"] == nil && value["b"]?.text == "x")
        #expect(value.members?.count == 2)
    }
}
