import Testing
import Wire

@testable import Ingress

/// The newest events, as many listeners read them.
struct EventWindowTests {
    private static func id(_ number: Int64, epoch: String = "a") -> EventID {
        EventID(epoch: epoch, number: number)
    }

    private static func event(_ number: Int64, _ type: String = "message.received")
        -> EventWindow.Framed
    {
        EventWindow.Framed(number: number, type: type, bytes: Array("\(number)".utf8))
    }

    private static func numbers(_ next: EventWindow.Next) -> [Int64]? {
        if case .events(let events, _) = next { events.map(\.number) } else { nil }
    }

    private static let all = KindFilter([])

    @Test("a listener gets what came after its place, in order, whatever was passed over for it")
    func followsInOrder() {
        var window = EventWindow(after: Self.id(10))
        window.add([Self.event(11), Self.event(13)], upTo: Self.id(14))
        #expect(Self.numbers(window.next(after: Self.id(10), Self.all)) == [11, 13])
        #expect(Self.numbers(window.next(after: Self.id(11), Self.all)) == [13])
        #expect(Self.numbers(window.next(after: Self.id(12), Self.all)) == [13])
        #expect(Self.numbers(window.next(after: Self.id(14), Self.all)) == [])
    }

    @Test("a listener of other kinds gets nothing, and its place moves on")
    func movesOnPastOthers() {
        var window = EventWindow(after: Self.id(0))
        window.add([Self.event(1), Self.event(2, "account.x")], upTo: Self.id(2))
        let next = window.next(after: Self.id(0), KindFilter(["message.status"]))
        guard case .events(let events, let reached) = next else {
            Issue.record("beyond")
            return
        }
        #expect(events.isEmpty)
        #expect(reached == Self.id(2))
        #expect(Self.numbers(window.next(after: Self.id(0), KindFilter(["account.*"]))) == [2])
    }

    @Test("who is before the window, or of another inbox, is sent to inbox; who is ahead waits")
    func beyond() {
        var window = EventWindow(after: Self.id(10))
        #expect(Self.numbers(window.next(after: Self.id(9), Self.all)) == nil)
        #expect(Self.numbers(window.next(after: Self.id(10, epoch: "b"), Self.all)) == nil)
        #expect(Self.numbers(window.next(after: Self.id(12), Self.all)) == [])
        window.add([Self.event(11)], upTo: Self.id(11))
        #expect(Self.numbers(window.next(after: Self.id(12), Self.all)) == [])
    }

    @Test("what falls out of the window is never passed over", arguments: [0, 1, 2, 700])
    func fallsOut(surplus: Int) {
        var window = EventWindow(after: Self.id(0))
        let count = Int64(EventWindow.kept + surplus)
        for number in 1...count { window.add([Self.event(number)], upTo: Self.id(number)) }
        let first = Int64(surplus)
        #expect(Self.numbers(window.next(after: Self.id(first), Self.all))?.first == first + 1)
        #expect(
            Self.numbers(window.next(after: Self.id(first), Self.all))?.count == EventWindow.kept)
        if surplus > 0 {
            #expect(Self.numbers(window.next(after: Self.id(first - 1), Self.all)) == nil)
        }
    }
}
