import FoundationEssentials
import JSON
import Testing

@testable import Wire

@Suite("The envelope")
struct EnvelopeTests {
    @Test(
        "is read whatever the order, the blanks and the members beside",
        arguments: [
            #"{"jsonrpc":"2.0","id":7,"method":"signer.canary","params":{"until":9,"nonce":"n"}}"#,
            #"{"params":{"nonce":"n","until":9},"method":"signer.canary","id":7,"jsonrpc":"2.0"}"#,
            "\r\n\t { \"jsonrpc\" : \"2.0\" ,\n\"id\"\t: 7 , \"method\" : \"signer.canary\" ,"
                + " \"params\" : { \"until\" : 9 , \"nonce\" : \"n\" } } \n",
            #"{"x":[{"id":1,"method":"}{][,:\"\\"},[],{}],"jsonrpc":"2.0","id":7,"#
                + #""method":"signer.canary","y":-1.5e3,"params":{"until":9,"nonce":"n","z":null}}"#,
            #"{"jsonrpc":"2.0","id":7,"method":"signer.canary","params":{"until":9,"nonc\u0065":"n"}}"#,
        ])
    func isRead(text: String) throws {
        let request = try IncomingRequest(Data(text.utf8))
        #expect(request.id == 7)
        #expect(request.method == "signer.canary")
        let (canary, until) = try request.decode(MakeCanary.self, with: JSONDecoder())
        #expect(canary.nonce == "n")
        #expect(until == 9)
    }

    @Test(
        "is refused when it is anything else",
        arguments: [
            "", " ", "{", "}", "{}", "[]", "null", "7", "\"x\"", "{,}", "{]", "[{}]", "\u{FEFF}{}",
            #"{"jsonrpc":"2.0","id":7,"method":"m","params":{}}x"#,
            #"{"jsonrpc":"2.0","id":7,"method":"m","params":{}}{}"#,
            #"{"jsonrpc":"2.0","id":7,"method":"m","params":{},}"#,
            #"{"jsonrpc":"2.0","id":7 "method":"m","params":{}}"#,
            #"{"jsonrpc":"2.0","id":7,,"method":"m","params":{}}"#,
            #"{"jsonrpc":"2.0","id":7,"method":"m","params":}"#,
            #"{"jsonrpc":"2.0","id":7,"method":"m","params"}"#,
            #"{"jsonrpc":"2.0","id":7,"method":"m","params":{}"#,
            #"{"jsonrpc":"2.0","id":7,"method":"m"}"#, #"{"jsonrpc":"2.0","id":7,"params":{}}"#,
            #"{"jsonrpc":"2.0","method":"m","params":{}}"#, #"{"id":7,"method":"m","params":{}}"#,
            #"{"jsonrpc":"1.0","id":7,"method":"m","params":{}}"#,
            #"{"jsonrpc":2.0,"id":7,"method":"m","params":{}}"#,
            #"{"jsonrpc":"2.0","id":"7","method":"m","params":{}}"#,
            #"{"jsonrpc":"2.0","id":null,"method":"m","params":{}}"#,
            #"{"jsonrpc":"2.0","id":7.0,"method":"m","params":{}}"#,
            #"{"jsonrpc":"2.0","id":+7,"method":"m","params":{}}"#,
            #"{"jsonrpc":"2.0","id":07,"method":"m","params":{}}"#,
            #"{"jsonrpc":"2.0","id":9223372036854775808,"method":"m","params":{}}"#,
            #"{"jsonrpc":"2.0","id":7,"method":8,"params":{}}"#,
            #"{"jsonrpc":"2.0","id":7,"method":"\u006d","params":{}}"#,
            #"{"jsonrpc":"2.0","\u0069d":7,"id":7,"method":"m","params":{}}"#,
            #"{"jsonrpc":"2.0","id":7,"id":7,"method":"m","params":{}}"#,
            #"{"jsonrpc":"2.0","id":7,"method":"m","params":{},"params":{}}"#,
            #"{jsonrpc:"2.0","id":7,"method":"m","params":{}}"#,
        ])
    func isRefused(text: String) {
        let error = #expect(throws: WireError.self) { try IncomingRequest(Data(text.utf8)) }
        guard case .malformed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("is followed 128 levels deep and no deeper")
    func depthIsBounded() throws {
        func frame(_ depth: Int) -> Data {
            let open = String(repeating: "[", count: depth)
            let close = String(repeating: "]", count: depth)
            return Data(
                #"{"jsonrpc":"2.0","id":7,"method":"m","params":\#(open)\#(close)}"#.utf8)
        }
        #expect(try IncomingRequest(frame(128)).id == 7)
        #expect(throws: WireError.malformed("nested too deeply")) {
            try IncomingRequest(frame(129))
        }
        #expect(throws: WireError.malformed("nested too deeply")) {
            try IncomingRequest(frame(1_000_000))
        }
    }

    @Test(
        "of an answer holds a result or an error, and not both",
        arguments: [
            #"{"jsonrpc":"2.0","id":7}"#,
            #"{"jsonrpc":"2.0","id":7,"result":{},"error":{"code":-32601,"message":"m"}}"#,
            #"{"jsonrpc":"2.0","id":7,"error":{"code":-32601}}"#,
            #"{"jsonrpc":"2.0","id":7,"error":null}"#,
        ])
    func answersAreOneOfTwo(text: String) {
        #expect(throws: WireError.self) {
            try IncomingAnswer(Data(text.utf8), with: JSONDecoder())
        }
    }

    @Test("of an answer throws what its error says")
    func errorsAreThrown() throws {
        func thrown(_ error: RemoteError) throws -> WireError? {
            let frame = try Outgoing.refusal(error, id: 7, with: .gateway())
            let answer = try IncomingAnswer(frame, with: JSONDecoder())
            return #expect(throws: WireError.self) {
                try answer.decode(SignedBody.self, with: JSONDecoder())
            }
        }
        #expect(
            try thrown(.unknownMethod("a.b")) == .unknownOperation("unknown method a.b"))
        #expect(try thrown(.invalidParams("limit is missing")) == .malformed("limit is missing"))
        #expect(
            try thrown(RemoteError(.unavailable(.inbox))) == .refused(.unavailable(.inbox)))
    }

    @Test(
        "names the parameter that is missing or wrong, and never its value",
        arguments: [
            (#"{"until":9}"#, "nonce is missing"),
            (#"{"nonce":"secret"}"#, "until is missing"),
            (#"{"until":9,"nonce":5}"#, "nonce has the wrong type"),
            (#"{"until":9,"nonce":null}"#, "nonce is null"),
            (#"{"until":"secret","nonce":"n"}"#, "until has the wrong type"),
            (#"[]"#, "the whole has the wrong type"),
            (#"{"until":9,"nonce":"n"]"#, "the whole is malformed"),
        ])
    func parametersAreNamed(params: String, what: String) throws {
        let frame = #"{"jsonrpc":"2.0","id":7,"method":"signer.canary","params":\#(params)}"#
        let request = try IncomingRequest(Data(frame.utf8))
        #expect(throws: WireError.malformed(what)) {
            try request.decode(MakeCanary.self, with: JSONDecoder())
        }
    }

    @Test("writes a request without parameters of its own as one with a deadline")
    func emptyParameters() throws {
        let frame = try Outgoing.request(DescribeInbox(), id: 7, until: 9, with: .gateway())
        #expect(
            String(decoding: frame, as: UTF8.self)
                == #"{"jsonrpc":"2.0","id":7,"method":"process.describe","params":{"until":9}}"#)
    }

    @Test("carries a problem whole, for every code", arguments: Problem.Code.allCases)
    func problemsComeBack(code: Problem.Code) throws {
        var problem = Problem(
            code, status: 429, "what \"it\" is \u{1F44B}\n", hint: "do this", id: "msg_1",
            field: "components[0].type", retryable: true, retryAfterSeconds: 6)
        problem.providerCode = 131_056
        problem.details = "details"
        problem.trace = "trace"
        let frame = try Outgoing.refusal(RemoteError(problem), id: 7, with: .gateway())
        let answer = try IncomingAnswer(frame, with: JSONDecoder())
        #expect(throws: WireError.refused(problem)) {
            try answer.decode(SignedBody.self, with: JSONDecoder())
        }
    }
}
