import CloudAPI

/// One number has one form and one key, whatever it was written as, and reading it twice is no change.
func readPhone(_ input: [UInt8]) throws {
    let text = String(decoding: input, as: UTF8.self)
    if let number = PhoneNumber.forReading(text) {
        try promise("not digits", number.digits.utf8.allSatisfy { (0x30...0x39).contains($0) })
        try promise(
            "another number the second time",
            PhoneNumber.forReading(number.international) == number)
        let key = number.matchKey
        try promise("another key the second time", PhoneNumber(digits: key)?.matchKey == key)
    }
    if let recipient = Recipient.forReading(text) {
        let key = recipient.partyKey
        try promise("not found under its key", PartyKey.forReading(text).contains(key))
        try promise(
            "another person's key", Recipient.forReading(recipient.display)?.partyKey == key)
    }
    for home in [nil, "91", "43"] { try checkSending(text, from: home) }
}

private func checkSending(_ text: String, from home: String?) throws {
    let recipient: Recipient
    do throws(RecipientError) {
        recipient = try PhoneNumber.forSending(text, homeCountryCode: home)
    } catch {
        try promise("nobody knows why", !error.message.isEmpty && !error.hint.isEmpty)
        guard case .notInternational(_, let guess?) = error else { return }
        // What is offered is taken.
        return try promise(
            "a guess that is refused", (try? PhoneNumber.forSending(guess))?.display == guess)
    }
    try promise("read as somebody else", Recipient.forReading(text) == recipient)
    try promise(
        "somebody else the second time", try PhoneNumber.forSending(recipient.display) == recipient)
    guard case .phone(let digits) = recipient else { return }
    try promise(
        "sent to no number",
        !digits.hasPrefix("0")
            && (PhoneNumber.minimumDigits...PhoneNumber.maximumDigits).contains(digits.utf8.count))
}
