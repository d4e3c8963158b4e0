internal import CLibcurl
internal import FoundationEssentials

/// Sets options of one handle, and keeps the first refusal.
final class Options {
    private let handle: UnsafeMutableRawPointer
    private(set) var outcome = CURLE_OK

    init(_ handle: UnsafeMutableRawPointer) { self.handle = handle }

    func note(_ code: CURLcode) { if outcome == CURLE_OK { outcome = code } }

    func set(_ option: CURLoption, _ value: Int) { note(clibcurl_set_long(handle, option, value)) }
    func set(_ option: CURLoption, _ value: String) {
        note(clibcurl_set_string(handle, option, value))
    }
    func set(_ option: CURLoption, _ value: UnsafeMutablePointer<curl_slist>) {
        note(clibcurl_set_list(handle, option, value))
    }
    func set(_ option: CURLoption, offset value: Int) {
        note(clibcurl_set_offset(handle, option, curl_off_t(value)))
    }
    func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer) {
        note(clibcurl_set_pointer(handle, option, value))
    }
    func set(_ option: CURLoption, copying value: Data) {
        // An empty body has no address, and none would mean: ask the read callback.
        var bytes = Array(value)
        if bytes.isEmpty { bytes = [0] }
        bytes.withUnsafeMutableBytes { note(clibcurl_set_pointer(handle, option, $0.baseAddress)) }
    }
}
