/// Where the fields that may occur only once are, found in one pass.
struct KnownFields {
    private var host: Int?
    private var contentLength: Int?
    private var transferEncoding: Int?
    private var contentType: Int?
    private var authorization: Int?

    /// - Throws: ``RequestError/repeatedField(_:)`` for a second one, even with an equal value.
    init(_ fields: Fields) throws(RequestError) {
        for index in fields.entries.indices {
            guard let field = Self.candidate(fields.entries[index].name.count),
                fields.isNamed(index, field.rawValue)
            else { continue }
            guard self[field] == nil else { throw .repeatedField(field) }
            self[field] = index
        }
    }

    /// The only field whose name has this length; most of a head's fields end here.
    private static func candidate(_ length: Int) -> RequestError.SingleField? {
        switch length {
        case 4: .host
        case 12: .contentType
        case 13: .authorization
        case 14: .contentLength
        case 17: .transferEncoding
        default: nil
        }
    }

    subscript(field: RequestError.SingleField) -> Int? {
        get {
            switch field {
            case .host: host
            case .contentLength: contentLength
            case .transferEncoding: transferEncoding
            case .contentType: contentType
            case .authorization: authorization
            }
        }
        set {
            switch field {
            case .host: host = newValue
            case .contentLength: contentLength = newValue
            case .transferEncoding: transferEncoding = newValue
            case .contentType: contentType = newValue
            case .authorization: authorization = newValue
            }
        }
    }
}
