/// What a caller asks for again and again, until it is answered 200 or 202.
struct Errand: Sendable {
    /// What is promised once it is.
    let items: [Item]
    let path: String
    /// The whole request.
    let bytes: [UInt8]

    init(_ items: [Item], _ path: String, _ fields: [String], _ body: String) {
        self.items = items
        self.path = path
        let lines =
            ["POST \(path) HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
            + fields + ["Content-Length: \(body.utf8.count)", "", body]
        bytes = Array(lines.joined(separator: "\r\n").utf8)
    }
}
