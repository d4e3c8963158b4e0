import FoundationEssentials
import JSON
import Testing
import Wire

@Suite("The examples in Protocols/examples")
struct ExampleTests {
    @Test(
        "every method has a request that its type reads and writes alike", arguments: Examples.types
    )
    func requestsFit(type: ExampleType) throws {
        let frame = try Examples.frame("\(type.method).request")
        #expect(try Examples.value(type.rewriteRequest(frame)) == Examples.value(frame))
    }

    @Test(
        "every method has an answer that its type reads and writes alike", arguments: Examples.types
    )
    func answersFit(type: ExampleType) throws {
        let frame = try Examples.frame("\(type.method).answer")
        #expect(try Examples.value(type.rewriteAnswer(frame)) == Examples.value(frame))
    }

    @Test("the introduction and its answer are read and written alike")
    func helloFits() throws {
        let asked = try Examples.frame("process.hello.request")
        let request = try IncomingRequest(asked)
        #expect(request.method == Protocol.hello)
        let hello = try request.decodeHello(with: JSONDecoder())
        let askedAgain = try Outgoing.hello(hello, id: request.id, with: .gateway())
        #expect(try Examples.value(askedAgain) == Examples.value(asked))

        let answered = try Examples.frame("process.hello.answer")
        let answer = try IncomingAnswer(answered, with: JSONDecoder())
        let peer = try answer.decode(Hello.self, with: JSONDecoder())
        let answeredAgain = try Outgoing.answer(peer, id: answer.id, with: .gateway())
        #expect(try Examples.value(answeredAgain) == Examples.value(answered))
        #expect(peer.protocol == Protocol.version)
    }

    @Test("a refusal is thrown as the problem that it carries, and written alike")
    func refusalFits() throws {
        let frame = try Examples.frame("error.answer")
        let answer = try IncomingAnswer(frame, with: JSONDecoder())
        let error = #expect(throws: WireError.self) {
            try answer.decode(SendMessage.Answer.self, with: JSONDecoder())
        }
        guard case .refused(let problem) = error else {
            Issue.record("not a refusal: \(String(describing: error))")
            return
        }
        #expect(problem.code == .invalidRecipient)
        let again = try Outgoing.refusal(RemoteError(problem), id: answer.id, with: .gateway())
        #expect(try Examples.value(again) == Examples.value(frame))
    }

    @Test("no example is left of a method that is gone")
    func nothingIsLeftOver() throws {
        let found = try FileManager.default.contentsOfDirectory(atPath: Examples.folder.path)
        let expected = Set((Examples.requests + Examples.answers).map { "\($0).json" })
        #expect(Set(found) == expected)
    }
}
