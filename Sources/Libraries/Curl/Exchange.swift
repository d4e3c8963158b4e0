internal import CLibcurl
internal import FoundationEssentials
internal import Reactor

/// One transfer on its way: its handle, and what came back so far.
///
/// libcurl's callbacks get an unretained pointer to it: it must live until its handle is cleaned up,
/// which `finish` does. Only touched on the loop's thread, as everything that calls libcurl.
final class Exchange {
    /// Idle connections older than this are not used again: servers close theirs after a minute or so,
    /// and a request that meets the close has an unknown outcome.
    private static let idleConnectionSeconds = 20

    let handle: UnsafeMutableRawPointer
    /// Called when the request is about to leave for the first time.
    private let onRequest: () -> Void
    private var list: UnsafeMutablePointer<curl_slist>?
    private let detail: UnsafeMutablePointer<CChar>
    private var requests = 0
    private var head = ResponseHead()
    private var body = Data()
    private var sink: (any AnswerSink)?
    private var form: OpaquePointer?

    /// Nil when libcurl has no handle to give.
    init?(onRequest: @escaping () -> Void) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.onRequest = onRequest
        detail = .allocate(capacity: Int(CURL_ERROR_SIZE))
        detail.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(handle)
        // Read from until then.
        curl_mime_free(form)
        curl_slist_free_all(list)
        detail.deallocate()
    }

    // MARK: Before

    /// Sets every option; the first code that is not `CURLE_OK` tells which was refused.
    func prepare(_ transfer: Transfer) -> CURLcode {
        guard let list = Self.list(transfer.fields) else { return CURLE_BAD_FUNCTION_ARGUMENT }
        self.list = list
        // Valid as long as the handle: `deinit` ends both.
        let this = Unmanaged.passUnretained(self).toOpaque()
        let options = Options(handle)
        options.set(CURLOPT_URL, transfer.url.text)
        options.set(CURLOPT_HTTPHEADER, list)
        switch transfer.method {
        case .get: options.set(CURLOPT_HTTPGET, 1)
        case .delete: options.set(CURLOPT_CUSTOMREQUEST, "DELETE")
        case .post(let body):
            options.set(CURLOPT_POST, 1)
            // Before the body, which is copied by this length.
            options.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: body.count)
            options.set(CURLOPT_COPYPOSTFIELDS, copying: body)
        case .upload(let content):
            guard let form = Self.form(content, handle) else { return CURLE_READ_ERROR }
            self.form = form
            options.set(CURLOPT_MIMEPOST, pointer: UnsafeMutableRawPointer(form))
        }
        sink = transfer.sink

        options.set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(transfer.connectLimit))
        if let stallLimit = transfer.stallLimit {
            // Less than one byte a second, over that time.
            options.set(CURLOPT_LOW_SPEED_LIMIT, 1)
            options.set(CURLOPT_LOW_SPEED_TIME, max(1, Int(stallLimit / .seconds(1))))
        }
        // Ours is the limit of an answer, since this one would begin with the look-up.
        options.set(CURLOPT_TIMEOUT_MS, 0)
        options.set(CURLOPT_MAXAGE_CONN, Self.idleConnectionSeconds)
        options.set(CURLOPT_NOSIGNAL, 1)
        // Else ending a transfer whose look-up hangs would wait for it, and with it the loop.
        options.set(CURLOPT_QUICK_EXIT, 1)
        // Whatever `http_proxy` says.
        options.set(CURLOPT_PROXY, "")
        options.set(CURLOPT_PROTOCOLS_STR, transfer.url.isSecure ? "https" : "http")
        options.set(CURLOPT_FOLLOWLOCATION, 0)
        // One lost HTTP/2 connection makes every send in flight unknown.
        options.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        options.set(CURLOPT_SSL_VERIFYPEER, 1)
        options.set(CURLOPT_SSL_VERIFYHOST, 2)
        options.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let authorities = transfer.authorities { options.set(CURLOPT_CAINFO, authorities) }

        options.set(CURLOPT_ERRORBUFFER, pointer: detail)
        options.set(CURLOPT_PREREQDATA, pointer: this)
        options.set(CURLOPT_HEADERDATA, pointer: this)
        options.set(CURLOPT_WRITEDATA, pointer: this)
        options.note(
            clibcurl_set_prereq_function(handle) { this, _, _, _, _ in
                Exchange.from(this)?.aboutToSend() == true
                    ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            })
        options.note(
            clibcurl_set_data_function(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, this in
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return Exchange.from(this)?.head.add(line) == true ? size * count : 0
            })
        options.note(
            clibcurl_set_data_function(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, this in
                let part = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return Exchange.from(this)?.received(part) == true ? size * count : 0
            })
        return options.outcome
    }

    /// Their lines, and the one that keeps libcurl from waiting for `100 Continue`; nil for one that
    /// could smuggle another line in.
    private static func list(_ fields: [Transfer.Field]) -> UnsafeMutablePointer<curl_slist>? {
        var list = curl_slist_append(nil, "Expect:")
        for field in fields {
            let line = "\(field.name): \(field.value)"
            guard !field.name.isEmpty, !line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }),
                let longer = curl_slist_append(list, line)
            else {
                curl_slist_free_all(list)
                return nil
            }
            list = longer
        }
        return list
    }

    /// The form as libcurl sends it; nil when its file cannot be read.
    ///
    /// libcurl opens the file when the body begins and reads 64 KiB at a time on the loop: it was written a
    /// moment before, so that this is a copy out of the kernel's memory and no wait for the disk.
    private static func form(
        _ content: Transfer.Form, _ handle: UnsafeMutableRawPointer
    ) -> OpaquePointer? {
        guard let form = curl_mime_init(handle) else { return nil }
        var codes: [CURLcode] = []
        for field in content.fields {
            let part = curl_mime_addpart(form)
            codes.append(curl_mime_name(part, field.name))
            codes.append(curl_mime_data(part, field.value, field.value.utf8.count))
        }
        let part = curl_mime_addpart(form)
        codes.append(curl_mime_name(part, content.file.name))
        codes.append(curl_mime_filedata(part, content.file.path))
        codes.append(curl_mime_filename(part, content.file.filename))
        codes.append(curl_mime_type(part, content.file.mimeType))
        guard codes.allSatisfy({ $0 == CURLE_OK }) else {
            curl_mime_free(form)
            return nil
        }
        return form
    }

    private func milliseconds(_ limit: Duration) -> Int { max(1, Int(limit / .milliseconds(1))) }

    // MARK: Callbacks

    // The handle, and with it every callback, ends before the object does.
    private static func from(_ this: UnsafeMutableRawPointer?) -> Exchange? {
        this.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Whether the request may be sent: once, and never again.
    ///
    /// On a reused connection that closed without an answer libcurl would send it a second time.
    private func aboutToSend() -> Bool {
        requests += 1
        if requests == 1 { onRequest() }
        return requests == 1
    }

    /// Of the last head that came; 0 before one did.
    private var status: Int {
        var status = 0
        clibcurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    private func received(_ part: UnsafeRawBufferPointer) -> Bool {
        if let sink, status == 200 { return sink.take(part) }
        guard body.count + part.count <= Transfer.longestAnswer else { return false }
        body.append(contentsOf: part)
        return true
    }

    // MARK: After

    /// What came of it, when libcurl is done with it or it is taken away from libcurl.
    ///
    /// A `reason` stands instead of libcurl's words, for what this side ended.
    func result(_ code: CURLcode, reason: String? = nil) -> TransferResult {
        let status = status
        let isAnswer = head.isComplete && status >= 200
        return TransferResult(
            requests: requests, code: Int(code.rawValue),
            failure: code == CURLE_OK ? nil : reason ?? words(for: code),
            status: isAnswer ? status : nil, fields: isAnswer ? head.fields : [],
            body: isAnswer ? body : Data())
    }

    private func words(for code: CURLcode) -> String {
        if requests > 1 { return "the connection closed without an answer" }
        let words = String(cString: curl_easy_strerror(code))
        let detail = String(cString: detail)
        return detail.isEmpty || detail == words ? words : "\(words): \(detail)"
    }
}
