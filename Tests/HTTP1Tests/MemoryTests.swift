import BadRequests
import Testing

@testable import HTTP1

/// What a connection holds in memory, and when it lets go of it.
struct MemoryTests {
    private let now = ContinuousClock.now

    private func send(_ bytes: ArraySlice<UInt8>, to connection: inout ServerConnection) {
        _ = connection.read(minimum: 16_384) { space in
            let count = min(space.count, bytes.count)
            space.copyBytes(from: bytes.prefix(count))
            return count
        }
    }

    @Test("300,000 fields cost no more memory than 64")
    func manyFields() throws {
        let request = try #require(BadRequest.all().first { $0.number == "F16" })
        var connection = ServerConnection(at: now)
        var output: [UInt8] = []
        var rest = request.bytes[...]
        var isClosed = false
        while !rest.isEmpty, !isClosed {
            send(rest.prefix(16_384), to: &connection)
            rest = rest.dropFirst(16_384)
            #expect(connection.input.bytes.capacity < 65_536)
            #expect(connection.parser.entries.count <= Limit.fields)
            switch connection.received(at: now) {
            case .refuse(let error):
                #expect(error == .tooManyFields)
                connection.respond(Response(error.status), date: "", into: &output, at: now)
                _ = connection.written(at: now)
            case .close: isClosed = true
            default: break
            }
        }
        #expect(isClosed)
    }

    @Test("an idle connection keeps at most 4 KiB")
    func idle() {
        var visit = Visit()
        visit.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(visit.connection.phase == .idle)
        #expect(visit.connection.input.bytes.capacity <= Limit.keptStorage)
        #expect(visit.connection.body.capacity == 0)
    }

    @Test(
        "a body for which there is no memory is let go of, answered 503, and the connection closed")
    func refused() throws {
        var connection = ServerConnection(at: now)
        var output: [UInt8] = []
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
        send(Array(head.utf8)[...], to: &connection)
        guard case .decide = connection.received(at: now) else {
            Issue.record("no head")
            return
        }
        #expect(connection.heldBody == 0)
        _ = connection.accept(bodyLimit: 100_000, at: now)
        send([UInt8](repeating: 0x61, count: 5_000)[...], to: &connection)
        _ = connection.received(at: now)
        #expect(connection.heldBody == 5_000)
        let error = connection.refuseBody()
        #expect(error == .noRoomForBody && error.status == .unavailable)
        #expect(connection.heldBody == 0 && connection.body.capacity == 0)
        connection.respond(Response(error.status), date: "", into: &output, at: now)
        #expect(String(decoding: output, as: UTF8.self).contains("Connection: close"))
        guard case .shutDownWriting = connection.written(at: now) else {
            Issue.record("it is not the last answer")
            return
        }
    }

    @Test("a body read to its announced end is handed over without a copy")
    func moved() throws {
        let length = 100_000
        var connection = ServerConnection(at: now)
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n"
        send(Array(head.utf8)[...], to: &connection)
        guard case .decide = connection.received(at: now) else {
            Issue.record("no head")
            return
        }
        guard case .waitForBody = connection.accept(bodyLimit: length, at: now) else {
            Issue.record("no body expected")
            return
        }
        var place: UInt?
        var sent = 0
        while sent < length {
            sent += connection.read(minimum: 16_384) { space in
                if sent == 0 { place = space.baseAddress.map { UInt(bitPattern: $0) } }
                return space.count
            }
            guard sent < length else { break }
            guard case .wait = connection.received(at: now) else {
                Issue.record("delivered early")
                return
            }
        }
        guard case .deliver(let body) = connection.received(at: now) else {
            Issue.record("not delivered")
            return
        }
        #expect(body.count == length)
        let delivered = body.withUnsafeBytes { $0.baseAddress.map { UInt(bitPattern: $0) } }
        #expect(delivered == place)
    }
}
