import JSON

/// Where Meta takes the file of a media message from.
package enum MediaSource: Hashable, Sendable {
    /// A public address that Meta fetches by itself.
    case link(String)
    /// A file that was uploaded to Meta, good for 30 days.
    case id(String)

    /// Takes exactly one of the two; an empty text counts as not given.
    package init(link: String?, id: String?) throws(OutboundError) {
        switch (link?.presence, id?.presence) {
        case (let link?, nil): self = .link(link)
        case (nil, let id?): self = .id(id)
        case (_?, _?): throw .bothGiven(field: "link", other: "id")
        case (nil, nil): throw .missing(field: "link")
        }
    }

    func member(_ path: String) throws(OutboundError) -> (name: String, value: JSONValue) {
        switch self {
        case .id(let id):
            try id.checkLength("\(path).id", upTo: OutboundLimits.identifier)
            return ("id", .string(id))
        case .link(let link):
            try link.checkLength("\(path).link", upTo: OutboundLimits.link)
            guard Self.isPublicAddress(link) else {
                throw .invalid(
                    field: "\(path).link", expected: "an http or https address without a login")
            }
            return ("link", .string(link))
        }
    }

    /// `http(s)://`, a host, no user name, no blank: what Meta says it fetches.
    ///
    /// Whether it exists is Meta's to find out: nothing here, and nobody behind us, opens the address.
    static func isPublicAddress(_ link: String) -> Bool {
        let lowercase = link.prefix(8).lowercased()
        let rest: Substring
        if lowercase.hasPrefix("https://") {
            rest = link.dropFirst(8)
        } else if lowercase.hasPrefix("http://") {
            rest = link.dropFirst(7)
        } else {
            return false
        }
        // Scalars: a sign under an accent is another character for Swift, and the sign for who fetches it.
        let authority = rest.unicodeScalars.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let hasHost = authority.first.map { $0 != ":" } ?? false
        let isClean = link.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0.properties.generalCategory != .control
        }
        return hasHost && isClean && !authority.contains("@") && !authority.contains("\\")
    }
}

extension String {
    /// Nil when empty.
    var presence: String? { isEmpty ? nil : self }
}
