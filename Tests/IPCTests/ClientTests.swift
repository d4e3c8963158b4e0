import FoundationEssentials
import IPC
import Reactor
import TestSupport
import Testing
import Wire

@Suite("A client", .timeLimit(.minutes(1)))
struct ClientTests {
    @Test("has many requests under way, and each gets its own answer in whatever order they come")
    func pipelining() async throws {
        let (answers, order) = try await onLoop { loop in
            let group = try Group(on: loop)
            let server = try await group.serve(TestResponder(on: loop))
            let client = group.client()
            let count = 50
            let all = try await withThrowingTaskGroup(of: (Int, Int).self) { tasks in
                for number in 0..<count {
                    tasks.addTask {
                        let answer = try await client.ask(
                            Gather(number: number, of: count), within: .seconds(10))
                        return (number, answer.number)
                    }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            await server.close()
            return (all.map { $0.0 == $0.1 }, all.map(\.0))
        }
        #expect(answers.allSatisfy { $0 })
        #expect(order == (0..<50).reversed())
    }

    @Test("has a thousand requests under way over one connection")
    func thousand() async throws {
        let sum = try await onLoop { loop in
            let group = try Group(on: loop)
            let server = try await group.serve(TestResponder(on: loop))
            let client = group.client()
            let count = 1_000
            let sum = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for number in 0..<count {
                    tasks.addTask {
                        try await client.ask(
                            Gather(number: number, of: count), within: .seconds(20)
                        ).number
                    }
                }
                return try await tasks.reduce(0, +)
            }
            await server.close()
            return sum
        }
        #expect(sum == 499_500)
    }

    @Test("carries 5 MiB there and back, and small requests beside them")
    func largeBodies() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let server = try await group.serve(TestResponder(on: loop))
            let client = group.client()
            let body = Data((0..<(5 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            async let first = client.ask(Echo(body), within: .seconds(20))
            async let second = client.ask(Echo("small"), within: .seconds(20))
            let (large, small) = try await (first, second)
            #expect(large.body == body)
            #expect(small.body == Data("small".utf8))
            await server.close()
        }
    }

    @Test("refuses what is longer than a frame before it sends any of it")
    func tooLong() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let server = try await group.serve(TestResponder(on: loop))
            let client = group.client()
            let error = await thrown {
                try await client.ask(Echo(Data(count: 7 << 20)), within: .seconds(5))
            }
            guard case .frameTooLong = error as? WireError else {
                Issue.record("\(String(describing: error))")
                return
            }
            let small = try await client.ask(Echo("small"), within: .seconds(5))
            #expect(small.body == Data("small".utf8))
            await server.close()
        }
    }

    @Test(
        "says unavailable of a peer that never came, and unanswered of one that took it and is silent"
    )
    func deadlines() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let client = group.client()
            let away = await thrown { try await client.ask(Hold(), within: .milliseconds(30)) }
            #expect(away as? WireError == .unavailable(.signer))

            let responder = TestResponder(on: loop)
            let server = try await group.serve(responder)
            _ = try await client.ask(Echo("here"), within: .seconds(5))
            let silent = await thrown { try await client.ask(Hold(), within: .milliseconds(30)) }
            #expect(silent as? WireError == .unanswered(.signer))

            // What was taken in and then lost with its peer may have been done.
            async let asking = thrown { try await client.ask(Hold(), within: .milliseconds(200)) }
            #expect(await responder.wait(held: 2))
            await server.close()
            let lost = await asking
            #expect(lost as? WireError == .unanswered(.signer))
        }
    }

    @Test("waits inside the deadline for a peer that starts later")
    func startsLater() async throws {
        let presence = try await onLoop { loop in
            let group = try Group(on: loop)
            let client = group.client()
            async let answer = client.ask(Echo("late"), within: .seconds(10))
            _ = await Bell(on: loop).wait(atMost: .milliseconds(60))
            guard case .away = await client.presence else {
                Issue.record("not away")
                return Client.Presence.away(since: 0)
            }
            let server = try await group.serve(TestResponder(on: loop))
            #expect(try await answer.body == Data("late".utf8))
            let presence = await client.presence
            await server.close()
            return presence
        }
        #expect(presence == .present(.test("signer")))
    }

    @Test("sends again what its peer took in and did not answer before it was restarted")
    func sendsAgain() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let first = TestResponder(on: loop)
            let second = TestResponder(on: loop)
            let server = try await group.serve(first)
            let client = group.client()
            // One of two that are gathered: the first server waits for the other for ever.
            async let one = client.ask(Gather(number: 1, of: 2), within: .seconds(10))
            async let held = thrown { try await client.ask(Hold(), within: .milliseconds(800)) }
            #expect(await first.wait(held: 1))
            await server.close()
            let next = try await group.serve(second)
            #expect(await second.wait(held: 1))
            let two = try await client.ask(Gather(number: 2, of: 2), within: .seconds(10))
            #expect(try await one.number == 1)
            #expect(two.number == 2)
            #expect(await held as? WireError == .unanswered(.signer))
            await next.close()
        }
    }

    @Test("waits no more, once told so, for a peer that is away or that goes away")
    func stopsWaiting() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let responder = TestResponder(on: loop)
            let server = try await group.serve(responder)
            let client = group.client()
            async let held = thrown { try await client.ask(Hold(), within: .seconds(3_600)) }
            #expect(await responder.wait(held: 1))
            await client.stopWaiting()
            #expect(
                try await client.ask(Echo("here"), within: .seconds(3_600)).body
                    == Data("here".utf8), "one that is there answers all the same")
            await server.close()
            #expect(await held as? WireError == .unanswered(.signer))
            let later = await thrown { try await client.ask(Echo(""), within: .seconds(3_600)) }
            #expect(later as? WireError == .unavailable(.signer))

            let other = group.client()
            async let waiting = thrown { try await other.ask(Echo(""), within: .seconds(3_600)) }
            _ = await Bell(on: loop).wait(atMost: .milliseconds(60))
            await other.stopWaiting()
            #expect(await waiting as? WireError == .unavailable(.signer))
            let first = group.client()
            await first.stopWaiting()
            let never = await thrown { try await first.ask(Echo(""), within: .seconds(3_600)) }
            #expect(never as? WireError == .unavailable(.signer))
        }
    }

    @Test("lets go of a request whose asker was cancelled, and goes on")
    func cancellation() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let responder = TestResponder(on: loop)
            let server = try await group.serve(responder)
            let client = group.client()
            let asking = Task(executorPreference: loop) {
                await thrown { try await client.ask(Hold(), within: .seconds(10)) }
            }
            #expect(await responder.wait(held: 1))
            asking.cancel()
            #expect(await asking.value is CancellationError)

            let before = Task(executorPreference: loop) {
                await thrown { try await client.ask(Hold(), within: .seconds(10)) }
            }
            before.cancel()
            #expect(await before.value is CancellationError)
            let answer = try await client.ask(Echo("on"), within: .seconds(5))
            #expect(answer.body == Data("on".utf8))
            await server.close()
        }
    }

    @Test("tells the refusals of its peer apart")
    func refusals() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let server = try await group.serve(TestResponder(on: loop))
            let client = group.client()
            let unknown = await thrown { try await client.ask(Missing(), within: .seconds(5)) }
            #expect(unknown as? WireError == .unknownOperation("unknown method signer.missing"))
            let refused = await thrown {
                try await client.ask(Fail(way: .problem), within: .seconds(5))
            }
            #expect(
                refused as? WireError
                    == .refused(.invalid("to", "no number", hint: "give one")))
            for way in [Fail.Way.other, .cancellation] {
                let failed = await thrown {
                    try await client.ask(Fail(way: way), within: .seconds(5))
                }
                #expect(failed as? WireError == .refused(.internalError(in: .signer)))
            }
            #expect(
                group.incidents.filter { $0.hasPrefix("ipc.failed method=signer.fail") }.count == 2)
            await server.close()
        }
    }

    @Test("is told of an answer that is longer than a frame, and asks it once")
    func answerTooLong() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let server = try await group.serve(TestResponder(on: loop))
            let client = group.client()
            let error = await thrown {
                try await client.ask(Make(count: Frame.maximumLength), within: .seconds(10))
            }
            #expect(error as? WireError == .refused(.internalError(in: .signer)))
            #expect(group.incidents.count == 1)
            let answer = try await client.ask(Echo("on"), within: .seconds(5))
            #expect(answer.body == Data("on".utf8))
            await server.close()
        }
    }

    @Test("calls a peer of another protocol or mode by its name, and goes on when it has changed")
    func strangePeers() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let client = group.client()
            for (hello, reason) in [
                (try Hello.ofProtocol(2, "signer"), "signer speaks protocol 2 in mode stub"),
                (.test("signer", mode: .live), "signer speaks protocol 1 in mode live"),
            ] {
                let server = try await group.serve(TestResponder(on: loop), hello: hello)
                let error = await thrown { try await client.ask(Echo("x"), within: .seconds(5)) }
                #expect(error as? WireError == .strangePeer(.signer, reason))
                #expect(await client.presence == .strange(reason))
                await server.close()
            }
            #expect(
                group.incidents.first == "ipc.strange_peer peer=ingress protocol=1 mode=stub")
            let server = try await group.serve(TestResponder(on: loop))
            let answer = try await client.ask(Echo("on"), within: .seconds(5))
            #expect(answer.body == Data("on".utf8))
            await server.close()
        }
    }
}

/// What `body` throws; nil when it does not.
func thrown(_ body: @Sendable () async throws -> some Sendable) async -> (any Error)? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}
