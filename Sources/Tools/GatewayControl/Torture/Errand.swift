/// What a caller asks for again and again, until it is answered 200 or 202.
struct Errand: Sendable {
    /// What is promised once it is; nothing by a read.
    let items: [Item]
    let path: String
    /// The whole request.
    let bytes: [UInt8]

    /// Something to be done.
    init(_ items: [Item], _ path: String, _ fields: [String], _ body: String) {
        self.items = items
        self.path = path
        bytes = Self.request(
            ["POST \(path) HTTP/1.1", "Content-Type: application/json"] + fields
                + ["Content-Length: \(body.utf8.count)"], body)
    }

    /// Something to be read.
    init(reading path: String, _ fields: [String]) {
        items = []
        self.path = path
        bytes = Self.request(["GET \(path) HTTP/1.1"] + fields, "")
    }

    private static func request(_ lines: [String], _ body: String) -> [UInt8] {
        Array((lines + ["Host: 127.0.0.1", "", body]).joined(separator: "\r\n").utf8)
    }
}
