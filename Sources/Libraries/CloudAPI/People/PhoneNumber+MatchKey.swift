extension PhoneNumber {
    /// The same text for all forms under which WhatsApp knows one number; for finding, never for showing.
    ///
    /// Three countries have two forms each, and the one in a `wa_id` need not be the one dialled:
    /// - Brazil: `55` + area (2) + `9` + 8 digits, older accounts without the `9`; mobile numbers only,
    ///   that is, when the 8 digits start with 6 to 9.
    /// - Mexico: `52` + 10 digits, the old mobile form `521` + 10.
    /// - Argentina: `549` + 10 digits, dialled inside the country and taken by Meta as `54` + 10.
    package var matchKey: String {
        let bytes = Array(digits.utf8)
        switch bytes.count {
        case 13 where digits.hasPrefix("55") && bytes[4] == UInt8(ascii: "9"):
            let isMobile = bytes[5] >= UInt8(ascii: "6")
            return isMobile ? without(characterAt: 4) : digits
        case 13 where digits.hasPrefix("521") || digits.hasPrefix("549"):
            return without(characterAt: 2)
        default:
            return digits
        }
    }

    private func without(characterAt offset: Int) -> String {
        String(digits.prefix(offset) + digits.dropFirst(offset + 1))
    }
}
