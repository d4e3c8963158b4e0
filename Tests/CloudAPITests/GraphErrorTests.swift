import CloudAPI
import FoundationEssentials
import Testing

struct GraphErrorTests {
    private static let whole = """
        {"error":{"message":"(#131047) Re-engagement message","type":"OAuthException",\
        "code":131047,"error_data":{"messaging_product":"whatsapp","details":"more than 24 hours"},\
        "error_subcode":2494010,"fbtrace_id":"AbCdEf123"}}
        """

    private func read(_ body: String, _ status: Int = 400) -> GraphError? {
        GraphError(body: Data(body.utf8), httpStatus: status)
    }

    @Test("Graph's envelope is read")
    func envelope() {
        #expect(
            read(Self.whole)
                == GraphError(
                    code: 131_047, httpStatus: 400, message: "(#131047) Re-engagement message",
                    details: "more than 24 hours", trace: "AbCdEf123"))
        #expect(read(Self.whole)?.entry.caller == .outsideWindow)
    }

    @Test("an envelope that was cut anywhere is none")
    func cut() {
        for end in 0..<Self.whole.utf8.count {
            let part = Data(Self.whole.utf8.prefix(end))
            #expect(GraphError(body: part, httpStatus: 400) == nil)
        }
    }

    @Test(
        "what is not Graph's error is none",
        arguments: ["", "{}", "[]", "<html>502</html>", #"{"error":"no"}"#, #"{"error":null}"#])
    func foreign(body: String) {
        #expect(read(body, 502) == nil)
    }

    @Test(
        "members of other types, and missing ones, cost themselves only",
        arguments: [
            (#"{"error":{"code":"190"}}"#, GraphError(code: 190, httpStatus: 400)),
            (#"{"error":{"code":190.0}}"#, GraphError(code: 190, httpStatus: 400)),
            (#"{"error":{"code":[]}}"#, GraphError(code: nil, httpStatus: 400)),
            (
                #"{"error":{"code":1,"error_data":"plain"}}"#,
                GraphError(code: 1, httpStatus: 400, details: "plain")
            ),
            (
                #"{"error":{"code":1,"error_data":{"details":""},"error_user_msg":"for you"}}"#,
                GraphError(code: 1, httpStatus: 400, details: "for you")
            ),
            (
                #"{"error":{"code":7,"is_transient":true}}"#,
                GraphError(code: 7, httpStatus: 400, isTransient: true)
            ),
            (
                #"{"error":{"code":7,"is_transient":"true","message":5}}"#,
                GraphError(code: 7, httpStatus: 400, isTransient: true)
            ),
        ])
    func liberal(body: String, error: GraphError) {
        #expect(read(body) == error)
    }

    @Test("the text is the details, else the message, else what the table says")
    func text() {
        #expect(GraphError(code: 190, message: "m", details: "d").text == "d")
        #expect(GraphError(code: 190, message: "m").text == "m")
        #expect(GraphError(code: 190).text == "the access token is expired or invalid")
    }

    @Test("a failed status means what the same error in an answer means")
    func status() {
        let error = GraphError(CloudError(code: 131_026, title: "Undeliverable"))
        #expect(error == GraphError(code: 131_026, message: "Undeliverable"))
        #expect(error.entry.caller == .invalidRecipient)
    }

    @Test("a file is tried three times when its link was the trouble, else never")
    func mediaLinks() {
        func judged(_ details: String?, code: Int64 = 131_053) -> ErrorClass {
            GraphError(code: code, details: details).errorClass
        }
        #expect(
            judged("Downloading media from weblink failed with HTTP code 503")
                == .transient(tries: 3))
        #expect(judged("Media download timed out", code: 131_014) == .transient(tries: 3))
        #expect(judged("Unsupported Audio mime type") == .permanent)
        #expect(judged(nil) == .permanent)
        #expect(judged("see http://a.example", code: 131_009) == .permanent)
    }
}
