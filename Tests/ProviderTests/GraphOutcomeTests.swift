import FoundationEssentials
import Testing

@testable import Curl
@testable import Provider

@Suite("What Graph's answer means for a message")
struct GraphOutcomeTests {
    private static func result(
        status: Int?, _ body: String = "", fields: [(String, String)] = [], requests: Int = 1,
        failure: String? = nil
    ) -> TransferResult {
        TransferResult(
            requests: requests, code: failure == nil ? 0 : 28, failure: failure, status: status,
            fields: fields.map { Transfer.Field($0.0, $0.1) }, body: Data(body.utf8))
    }

    private static let accepted =
        #"{"messaging_product":"whatsapp","contacts":[{"input":"+436605550122","wa_id":"436605550122"}],"messages":[{"id":"wamid.OUT0001","message_status":"accepted"}]}"#
    private static let refused =
        #"{"error":{"message":"(#131047) Re-engagement message","type":"OAuthException","code":131047,"error_data":{"messaging_product":"whatsapp","details":"more than 24 hours have passed"},"error_subcode":2494010,"fbtrace_id":"AbCdEf123"}}"#

    @Test(
        "a message id is an acceptance, also with any other status of success",
        arguments: [200, 201])
    func accepts(status: Int) {
        #expect(
            GraphOutcome(Self.result(status: status, Self.accepted))
                == .accepted(wamid: "wamid.OUT0001", waID: "436605550122"))
    }

    @Test("an answer that was cut off after its JSON is an acceptance all the same")
    func acceptsCutOff() {
        let result = Self.result(status: 200, Self.accepted, failure: "transfer closed")
        #expect(
            GraphOutcome(result) == .accepted(wamid: "wamid.OUT0001", waID: "436605550122"))
    }

    @Test("to a user id there is no phone number")
    func acceptsUserID() {
        let body = #"{"contacts":[{"user_id":"AT.1"}],"messages":[{"id":"wamid.X"}]}"#
        #expect(
            GraphOutcome(Self.result(status: 200, body)) == .accepted(wamid: "wamid.X", waID: nil))
    }

    @Test("cut anywhere, an acceptance is unknown, and never anything else")
    func acceptanceCut() {
        for length in 0..<Self.accepted.utf8.count {
            let body = String(Self.accepted.prefix(length))
            guard case .unknown = GraphOutcome(Self.result(status: 200, body)) else {
                Issue.record("cut at \(length)")
                return
            }
        }
    }

    @Test(
        "Graph's own error is a refusal, whatever the status",
        arguments: [400, 401, 403, 429, 500, 503, 200])
    func refuses(status: Int) {
        let expected = GraphError(
            code: 131047, subcode: 2_494_010, message: "(#131047) Re-engagement message",
            details: "more than 24 hours have passed", trace: "AbCdEf123", httpStatus: status)
        #expect(GraphOutcome(Self.result(status: status, Self.refused)) == .refused(expected))
    }

    @Test("is_transient is kept, as is error_data that is a text")
    func refusesTransiently() {
        let body = #"{"error":{"code":"2","is_transient":true,"error_data":"later"}}"#
        #expect(
            GraphOutcome(Self.result(status: 503, body))
                == .refused(
                    GraphError(code: 2, details: "later", isTransient: true, httpStatus: 503)))
    }

    @Test("cut anywhere, an error is unknown")
    func refusalCut() {
        for length in 0..<Self.refused.utf8.count {
            let body = String(Self.refused.prefix(length))
            guard case .unknown = GraphOutcome(Self.result(status: 500, body)) else {
                Issue.record("cut at \(length)")
                return
            }
        }
    }

    @Test(
        "an answer that is not Graph's is unknown",
        arguments: [
            (502, "<html>Bad Gateway</html>"), (504, ""), (500, #"{"message":"upstream"}"#),
            (503, #"{"error":"overloaded"}"#), (503, #"{"error":{"message":"no code"}}"#),
            (200, ""), (200, "{}"), (200, #"{"messages":[]}"#), (200, #"{"messages":[{"id":""}]}"#),
            (302, ""), (404, "<html>"),
        ])
    func unknown(status: Int, body: String) {
        guard case .unknown(let reason) = GraphOutcome(Self.result(status: status, body)) else {
            Issue.record("\(status) \(body)")
            return
        }
        #expect(reason.contains("\(status)"))
    }

    @Test("429 is a refusal without a code when its body is not Graph's")
    func throttledByTheEdge() {
        let result = Self.result(status: 429, "<html>", fields: [("retry-after", "7")])
        #expect(
            GraphOutcome(result)
                == .refused(GraphError(code: nil, httpStatus: 429, retryAfter: .seconds(7))))
    }

    @Test(
        "Retry-After counts in seconds, up to a week",
        arguments: [
            ("0", Duration.seconds(0)), ("120", .seconds(120)), ("604800", .seconds(604_800)),
            ("604801", .seconds(604_800)), ("-1", nil), ("soon", nil), ("", nil),
            ("Wed, 21 Oct 2026 07:28:00 GMT", nil),
        ])
    func retryAfter(text: String, expected: Duration?) throws {
        let result = Self.result(status: 400, Self.refused, fields: [("retry-after", text)])
        guard case .refused(let error) = GraphOutcome(result) else {
            Issue.record("no refusal")
            return
        }
        #expect(error.retryAfter == expected)
    }

    @Test("without a status it counts whether the request can have left", arguments: [0, 1, 2])
    func withoutStatus(requests: Int) {
        let result = Self.result(status: nil, requests: requests, failure: "why")
        #expect(
            GraphOutcome(result)
                == (requests == 0 ? .neverLeft(reason: "why") : .unknown(reason: "why")))
    }
}

@Suite("What Graph says of its limits")
struct GraphUsageTests {
    private static func usage(_ fields: [(String, String)]) -> GraphUsage? {
        GraphUsage(
            TransferResult(
                requests: 1, code: 0, failure: nil, status: 200,
                fields: fields.map { Transfer.Field($0.0, $0.1) }, body: Data()))
    }

    @Test("is the worst of its figures, by app and by account")
    func read() throws {
        let usage = try #require(
            Self.usage([
                ("x-app-usage", #"{"call_count":28,"total_time":25,"total_cputime":31.2}"#),
                (
                    "x-business-use-case-usage",
                    #"{"102":[{"type":"messaging","call_count":100,"total_cputime":25,"total_time":25,"estimated_time_to_regain_access":12}],"103":[{"call_count":0}]}"#
                ),
            ]))
        #expect(usage.app?.percent == 32 && usage.app?.regainedIn == nil)
        #expect(usage.businesses["102"]?.percent == 100)
        #expect(usage.businesses["102"]?.regainedIn == .seconds(720))
        #expect(usage.businesses["103"]?.percent == 0)
    }

    @Test(
        "is nothing when it cannot be read",
        arguments: ["", "{", "[]", "{}", #"{"call_count":"much"}"#, #"{"call_count":1e300}"#])
    func unreadable(text: String) {
        #expect(Self.usage([("x-app-usage", text), ("x-business-use-case-usage", text)]) == nil)
        #expect(Self.usage([]) == nil)
    }
}
