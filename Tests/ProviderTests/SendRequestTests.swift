import CloudAPI
import FoundationEssentials
import JSON
import Testing
import Wire

@testable import Provider

@Suite("The body of the Cloud API's own")
struct SendRequestTests {
    private func read(_ json: String) throws -> SendRequest {
        try SendRequest(Data(json.utf8), as: .messages)
    }

    private func text(_ members: String) -> String {
        #"{"to":"+919800000001","type":"text","text":{"body":"hi"}"# + members + "}"
    }

    private func refusal(_ json: String) -> Problem? {
        do {
            _ = try read(json)
            return nil
        } catch { return error as? Problem }
    }

    @Test("our own fields stand beside Meta's, whose callback data is the reference")
    func fields() throws {
        let members = #"""
            ,"from":"1055","expires_in":60,"on_unknown":"resend","context":{"message_id":"w"},\#
            "biz_opaque_callback_data":"order-7"
            """#
        guard case .message(let body) = try read(text(members)) else {
            Issue.record("no message")
            return
        }
        #expect(body.from == "1055" && body.expiresIn == 60 && body.onUnknown == .resend)
        #expect(body.reference == "order-7" && body.message.replyTo == "w")
        #expect(body.message.callbackData == nil, "our own name of the attempt stands there")
        #expect(body.object == ["body": "hi", "preview_url": false])
    }

    @Test("a read mark has a sender, and nothing that is about waiting")
    func marks() throws {
        let mark = #"{"status":"read","message_id":"w","from":"1055""#
        #expect(try read(mark + "}") == .readMark(ReadMark(messageID: "w"), from: "1055"))
        #expect(refusal(mark + #","expires_in":5}"#)?.field == "expires_in")
        #expect(refusal(mark + #","reference":"r"}"#)?.field == "reference")
    }

    @Test("a reference is given once, and not longer than can be kept with our own id")
    func references() {
        let long = String(repeating: "r", count: 257)
        #expect(
            refusal(text(#","biz_opaque_callback_data":"\#(long)""#))?.field
                == "biz_opaque_callback_data")
        #expect(
            refusal(text(#","reference":"a","biz_opaque_callback_data":"b""#))?.field
                == "reference")
    }

    @Test("what is wrong is told with its field, its code and a hint")
    func refusals() {
        #expect(refusal("")?.message == "The body is empty.")
        #expect(refusal("{")?.message == "The body is not valid JSON.")
        let recipient = refusal(#"{"to":"12","type":"text","text":{"body":"x"}}"#)
        #expect(recipient?.code == .invalidRecipient && recipient?.field == "to")
        let unknown = refusal(text(#","expires":5"#))
        #expect(unknown?.code == .invalidRequest && unknown?.field == "expires")
        #expect(unknown?.hint == "Did you mean expires_in?", "\(unknown?.hint ?? "")")
        let echo = refusal(text(",\"\(String(repeating: "x", count: 5_000))\":1"))
        #expect((echo?.field?.count ?? 0) < 130 && (echo?.message.count ?? 0) < 250)
    }

    @Test("Meta's kinds of errors are codes of ours", arguments: CallerError.allCases)
    func codes(kind: CallerError) {
        #expect(Problem.Code(rawValue: kind.rawValue) != nil)
    }
}
