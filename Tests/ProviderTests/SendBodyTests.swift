import CloudAPI
import FoundationEssentials
import JSON
import Testing
import Wire

@testable import Provider

@Suite("The body of a send")
struct SendBodyTests {
    private static func read(_ json: String, _ form: SendMessage.Form) throws -> SendBody {
        try SendBody(Data(json.utf8), as: form)
    }

    /// A body that is refused, and what is said of it.
    struct Refused: CustomTestStringConvertible, Sendable {
        let form: SendMessage.Form
        let json: String
        let field: String?
        let says: String
        var code = Problem.Code.invalidRequest
        var testDescription: String { String(json.prefix(80)) }
    }

    private static func text(
        _ members: String, _ field: String?, _ says: String,
        _ code: Problem.Code = .invalidRequest
    ) -> Refused { Refused(form: .text, json: members, field: field, says: says, code: code) }

    private static let whole: [Refused] = [
        text("", nil, "empty"), text("{", nil, "not valid JSON"), text("[]", nil, "no JSON object"),
        text("\"to\"", nil, "no JSON object"), text("{} {}", nil, "not valid JSON"),
        text("{\"to\":\"+919800000001\",\"text\":\"\u{1}\"}", nil, "not valid JSON"),
        text(#"{"to":"+919800000001","text":"\ud83c"}"#, nil, "not valid JSON"),
        text(#"{"to":"+919800000001","text":"hi","expires_in":1e999}"#, nil, "not valid JSON"),
        text(#"{"to":"+919800000001","text":"hi"}"# + "\u{0}", nil, "not valid JSON"),
        text("{}", "to", "to is missing"),
    ]

    private static let common: [Refused] = [
        text(#"{"text":"hi"}"#, "to", "to is missing"),
        text(#"{"to":null,"text":"hi"}"#, "to", "to is missing"),
        text(#"{"to":919800000001,"text":"hi"}"#, "to", "to is not a string"),
        text(#"{"to":"9876543210","text":"hi"}"#, "to", "no country code", .invalidRecipient),
        text(#"{"to":"0987654321012","text":"hi"}"#, "to", "no country code", .invalidRecipient),
        text(#"{"to":"Asha","text":"hi"}"#, "to", "neither a phone", .invalidRecipient),
        text(#"{"to":"+1234567890123456","text":"hi"}"#, "to", "7 to 15", .invalidRecipient),
        text(#"{"to":"+919800000001"}"#, "text", "text is missing"),
        text(#"{"to":"+919800000001","text":""}"#, "text", "text is missing"),
        text(#"{"to":"+919800000001","text":5}"#, "text", "text is not a string"),
        text(#"{"to":"+919800000001","txt":"hi"}"#, "txt", "Did you mean text?"),
        text(#"{"to":"+919800000001","Message":"hi"}"#, "Message", "Did you mean text?"),
        // What is meant elsewhere is no help where it is no field.
        text(#"{"to":"+919800000001","text":"hi","link":"x"}"#, "link", "Leave it out"),
        text(#"{"to":"+919800000001","text":"hi","colour":1}"#, "colour", "Leave it out"),
        text(#"{"to":"+919800000001","text":"hi","preview_url":"yes"}"#, "preview_url", "true or"),
        text(#"{"to":"+919800000001","text":"hi","expires_in":0}"#, "expires_in", "from 1 to"),
        text(#"{"to":"+919800000001","text":"hi","expires_in":2592001}"#, "expires_in", "2592000"),
        text(#"{"to":"+919800000001","text":"hi","expires_in":"60"}"#, "expires_in", "whole"),
        text(#"{"to":"+919800000001","text":"hi","on_unknown":"retry"}"#, "on_unknown", "resend"),
        text(#"{"to":"+919800000001","text":"hi","reference":""}"#, "reference", "is empty"),
        text(#"{"to":"+919800000001","text":"hi","reply_to":""}"#, "reply_to", "is empty"),
        text(#"{"to":"+919800000001","text":"hi","from":"my number"}"#, "from", "phone number id"),
    ]

    private static func media(_ members: String, _ field: String, _ says: String) -> Refused {
        Refused(
            form: .media, json: "{\"to\":\"+919800000001\",\(members)}", field: field, says: says)
    }

    private static func template(_ members: String, _ field: String, _ says: String) -> Refused {
        Refused(
            form: .template, json: "{\"to\":\"+919800000001\",\(members)}", field: field, says: says
        )
    }

    private static let kinds: [Refused] = [
        media(#""media_url":"https://a.example/b.png""#, "media_type", "media_type is missing"),
        media(#""media_url":"https://a.example/b","media_type":"gif""#, "media_type", "sticker"),
        media(#""media_type":"image""#, "media_url", "media_url is missing"),
        media(#""media_type":"image","media_url":"b.png""#, "media_url", "http"),
        media(
            #""media_type":"image","media_url":"https://a.example/b","media_id":"1""#, "media_url",
            "both"),
        media(#""media_type":"audio","media_id":"1","caption":"x""#, "caption", "not allowed"),
        media(#""media_type":"image","media_id":"1","filename":"x""#, "filename", "not allowed"),
        media(#""media_type":"image","media_id":"1","text":"x""#, "text", "not a field"),
        template(#""language_code":"en""#, "template_name", "template_name is missing"),
        template(#""template_name":"hello""#, "language_code", "language_code is missing"),
        template(#""template_name":"Hello","language_code":"en""#, "template_name", "lowercase"),
        template(#""template_name":"hello","language_code":"en US""#, "language_code", "language"),
        template(#""template_name":"hello","language":"en""#, "language", "mean language_code?"),
        template(
            #""template_name":"a","language_code":"en","components":[],"parameters":[]"#,
            "parameters", "both given"),
        template(
            #""template_name":"a","language_code":"en","components":[{"type":"foot"}]"#,
            "components[0].type", "one of"),
        template(
            #""template_name":"a","language_code":"en","parameters":[true]"#, "parameters[0]",
            "a text or a number"),
    ]

    @Test("that is wrong is refused with 400, naming the field", arguments: whole + common + kinds)
    func refuses(_ it: Refused) throws {
        let problem = try #require(throws: Problem.self) { try Self.read(it.json, it.form) }
        #expect(problem.httpStatus == 400)
        #expect(problem.code == it.code)
        #expect(problem.field == it.field)
        let said = "\(problem.message) \(problem.hint)"
        #expect(said.contains(it.says), "\(said)")
        #expect(problem.message.last == "." && ".?".contains(problem.hint.last ?? " "), "\(said)")
        #expect(!problem.retryable)
    }

    @Test("with a number that lacks its country code gets the format to write it in as a hint")
    func hint() throws {
        let problem = try #require(throws: Problem.self) {
            try Self.read(#"{"to":"9876543210","text":"hi"}"#, .text)
        }
        #expect(problem.hint.contains("+91"))
    }

    @Test("never comes back at length")
    func shortEcho() throws {
        let long = String(repeating: "x", count: 100_000)
        for json in ["{\"\(long)\":1}", "{\"to\":\"\(long)\",\"text\":\"hi\"}"] {
            let problem = try #require(throws: Problem.self) { try Self.read(json, .text) }
            let said = problem.message + problem.hint + (problem.field ?? "")
            #expect(said.count < 500)
        }
    }

    @Test("keeps lengths at their limit, and refuses one more")
    func limits() throws {
        for (name, limit) in [
            ("text", OutboundLimits.textBody), ("reference", SendBody.longestReference),
            ("reply_to", OutboundLimits.identifier), ("from", SendBody.longestNumberID),
        ] {
            func body(_ length: Int) -> String {
                let text = name == "text" ? "" : ",\"text\":\"hi\""
                let value = String(repeating: "a", count: length)
                return "{\"to\":\"+919800000001\",\"\(name)\":\"\(value)\"\(text)}"
            }
            _ = try Self.read(body(limit), .text)
            let problem = try #require(throws: Problem.self) {
                try Self.read(body(limit + 1), .text)
            }
            #expect(problem.field == name)
        }
    }

    @Test("has its defaults where it says nothing")
    func plainText() throws {
        let body = try Self.read(#"{"to":"91 98000-00001","text":"hi ✓","from":null}"#, .text)
        #expect(body.message.to == .phone("919800000001"))
        #expect(body.message.content == .text(body: "hi ✓", previewURL: false))
        #expect(body.object["body"]?.text == "hi ✓")
        #expect(body.from == nil && body.reference == nil && body.expiresIn == nil)
        #expect(body.onUnknown == .hold)
    }

    @Test("gives every common field")
    func allCommon() throws {
        let body = try Self.read(
            #"{"to":"IN.1a2B","text":"hi","preview_url":true,"from":"123","reply_to":"wamid.X","#
                + #""reference":"order 7","expires_in":60,"on_unknown":"resend"}"#, .text)
        #expect(body.message.to == .user("IN.1a2B"))
        #expect(body.message.content == .text(body: "hi", previewURL: true))
        #expect(body.message.replyTo == "wamid.X")
        #expect(body.from == "123" && body.reference == "order 7" && body.expiresIn == 60)
        #expect(body.onUnknown == .resend)
    }

    @Test("may be media by link or by id")
    func media() throws {
        let link = try Self.read(
            #"{"to":"+919800000001","media_url":"https://a.example/b.pdf","#
                + #""media_type":"document","caption":"c","filename":"b.pdf"}"#, .media)
        #expect(link.message.content.type == "document")
        #expect(link.object["filename"]?.text == "b.pdf")
        let id = try Self.read(
            #"{"to":"+919800000001","media_id":"77","media_type":"audio"}"#, .media)
        #expect(id.object == ["id": "77"])
    }

    @Test("may be a template without variables, with values, or with whole components")
    func template() throws {
        let start = #"{"to":"+919800000001","template_name":"order","language_code":"en_US""#
        #expect(try Self.read(start + "}", .template).object["components"] == nil)
        let list = try Self.read(start + #","parameters":["A",5]}"#, .template)
        let named = try Self.read(start + #","parameters":{"name":"A"}}"#, .template)
        for body in [list, named] {
            let components = try #require(body.object["components"]?.elements)
            #expect(components.first?["type"]?.text == "body")
        }
        let whole = try Self.read(
            start + #","components":[{"type":"body","parameters":[{"type":"text","text":"A"}]}]}"#,
            .template)
        #expect(whole.object["components"]?.elements?.count == 1)
    }

    @Test("cut at any byte is refused, not misread")
    func cut() {
        let json = Array(#"{"to":"+919800000001","text":"hi ✓ 🎉","reference":"x"}"#.utf8)
        for count in 0..<json.count {
            #expect(throws: Problem.self) { try SendBody(Data(json[..<count]), as: .text) }
        }
    }
}
