internal import CLibcurl
internal import FoundationEssentials
package import Reactor

/// HTTP requests by libcurl's multi-socket interface, on the loop: no thread but its own look-ups'.
///
/// HTTP/1.1, TLS always verified, connections used again, no redirect followed, no proxy, and no
/// request ever sent twice. Nothing here bounds how many run at once: the asker does. `close` it
/// before letting go of it, else its connections stay open.
package actor Transfers {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Idle connections that are kept.
    private static let idleConnections = 64

    /// Once a process, by the first `Transfers`.
    private static let isInitialized = clibcurl_global_init() == CURLE_OK

    private struct Running {
        let exchange: Exchange
        let continuation: CheckedContinuation<TransferResult, Never>
    }

    private let loop: EventLoop
    // Unsafe: only touched on the loop's thread; `init` hands it to nobody.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer
    private var running: [UInt64: Running] = [:]
    private var identifiers: [UnsafeMutableRawPointer: UInt64] = [:]
    private var limits: [UInt64: EventLoop.Timer] = [:]
    private var timer: EventLoop.Timer?
    private var last: UInt64 = 0
    private var isClosed = false

    /// - Throws: `CurlUnavailable` when libcurl cannot start.
    package init(on loop: EventLoop) throws(CurlUnavailable) {
        guard Self.isInitialized, let multi = curl_multi_init() else { throw CurlUnavailable() }
        self.loop = loop
        self.multi = multi
        // Unretained: libcurl calls back only while this actor calls it.
        let this = Unmanaged.passUnretained(self).toOpaque()
        clibcurl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        clibcurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.idleConnections)
        clibcurl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, this)
        clibcurl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, this)
        clibcurl_multi_set_socket_function(multi) { _, socket, interest, this, _ in
            Transfers.from(this)?.assumeIsolated { $0.watch(socket, for: interest) }
            return 0
        }
        clibcurl_multi_set_timer_function(multi) { _, milliseconds, this in
            Transfers.from(this)?.assumeIsolated { $0.wake(in: milliseconds) }
            return 0
        }
    }

    /// Makes the request once, and says what is known afterwards; it always returns within its two limits.
    ///
    /// Cancelling the asking task ends it at once.
    package func perform(_ transfer: Transfer) async -> TransferResult {
        last += 1
        let id = last
        return await withTaskCancellationHandler {
            await withCheckedContinuation { start(id, transfer, $0) }
        } onCancel: {
            Task(executorPreference: loop) {
                await self.end(id, CURLE_ABORTED_BY_CALLBACK, "cancelled")
            }
        }
    }

    /// Ends what is under way as if cancelled, and closes every connection.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        for id in running.keys.sorted() { end(id, CURLE_ABORTED_BY_CALLBACK, "cancelled") }
        curl_multi_cleanup(multi)
        if let timer { loop.cancel(timer) }
    }

    // MARK: Transfers

    private func start(
        _ id: UInt64, _ transfer: Transfer,
        _ continuation: CheckedContinuation<TransferResult, Never>
    ) {
        let limit = transfer.answerLimit
        guard !isClosed, !Task.isCancelled,
            let exchange = Exchange(onRequest: { [unowned self] in
                assumeIsolated { $0.limit(id, to: limit) }
            })
        else {
            let reason = isClosed ? "closed" : Task.isCancelled ? "cancelled" : "out of memory"
            return continuation.resume(returning: .notBegun(reason))
        }
        let code = exchange.prepare(transfer)
        guard code == CURLE_OK else { return continuation.resume(returning: exchange.result(code)) }
        running[id] = Running(exchange: exchange, continuation: continuation)
        identifiers[exchange.handle] = id
        // Begins with the timer that libcurl now asks for.
        if curl_multi_add_handle(multi, exchange.handle) != CURLM_OK { end(id, CURLE_FAILED_INIT) }
    }

    /// Called by the exchange, from inside libcurl, when the request is about to leave.
    private func limit(_ id: UInt64, to limit: Duration) {
        limits[id] = loop.after(limit) { [self] in
            assumeIsolated { $0.end(id, CURLE_OPERATION_TIMEDOUT, "no answer within \(limit)") }
        }
    }

    /// Takes a transfer from libcurl and answers for it; one that is answered already is ignored.
    private func end(_ id: UInt64, _ code: CURLcode, _ reason: String? = nil) {
        guard let ended = running.removeValue(forKey: id) else { return }
        identifiers[ended.exchange.handle] = nil
        if let timer = limits.removeValue(forKey: id) { loop.cancel(timer) }
        let result = ended.exchange.result(code, reason: reason)
        // The end of the exchange is the end of its handle, which must be out of `multi` by then.
        withExtendedLifetime(ended.exchange) {
            _ = curl_multi_remove_handle(multi, ended.exchange.handle)
        }
        ended.continuation.resume(returning: result)
    }

    // MARK: The loop

    private static func from(_ this: UnsafeMutableRawPointer?) -> Transfers? {
        this.map { Unmanaged<Transfers>.fromOpaque($0).takeUnretainedValue() }
    }

    /// What libcurl wants to know of a socket; a `remove` comes before it closes one.
    private func watch(_ socket: curl_socket_t, for interest: CInt) {
        guard interest != CURL_POLL_REMOVE else { return loop.unwatch(socket) }
        var readiness: EventLoop.Readiness = []
        if interest & CURL_POLL_IN != 0 { readiness.insert(.read) }
        if interest & CURL_POLL_OUT != 0 { readiness.insert(.write) }
        // One that the kernel will not watch runs into its limit; a failure said here would end every
        // transfer for ever.
        try? loop.watch(socket, for: readiness) { [self] readiness in
            assumeIsolated { $0.act(on: socket, readiness) }
        }
    }

    /// Starts libcurl's only timer anew; −1 takes it back.
    private func wake(in milliseconds: Int) {
        if let timer { loop.cancel(timer) }
        timer = nil
        guard milliseconds >= 0 else { return }
        timer = loop.after(.milliseconds(milliseconds)) { [self] in
            assumeIsolated { $0.act(on: clibcurl_socket_timeout, []) }
        }
    }

    private func act(on socket: curl_socket_t, _ readiness: EventLoop.Readiness) {
        guard !isClosed else { return }
        var events: CInt = 0
        if !readiness.isDisjoint(with: [.read, .gone]) { events |= CURL_CSELECT_IN }
        // A socket that failed is tried both ways: what was answered before is still read, and
        // libcurl learns the error from the call.
        if !readiness.isDisjoint(with: [.write, .gone]) { events |= CURL_CSELECT_OUT }
        var count: CInt = 0
        curl_multi_socket_action(multi, socket, events, &count)
        var left: CInt = 0
        while let message = curl_multi_info_read(multi, &left) {
            // Copied, since ending the transfer frees it.
            let (handle, code) = (message.pointee.easy_handle, message.pointee.data.result)
            guard message.pointee.msg == CURLMSG_DONE, let handle, let id = identifiers[handle]
            else { continue }
            end(id, code)
        }
    }
}

/// libcurl could not be started: there is no memory left, or its TLS library refuses.
package struct CurlUnavailable: Error, CustomStringConvertible {
    package var description: String { "libcurl cannot be started" }
}

extension TransferResult {
    /// Of a transfer that libcurl never saw.
    fileprivate static func notBegun(_ reason: String) -> TransferResult {
        TransferResult(
            requests: 0, code: Int(CURLE_ABORTED_BY_CALLBACK.rawValue), failure: reason,
            status: nil, fields: [], body: Data())
    }
}
