internal import CloudAPI
internal import Wire

extension Problem {
    /// What a failed status says, in our words and Meta's, with what to do.
    init(of error: CloudError) {
        let (code, hint): (Code, String) =
            switch error.code ?? 0 {
            case 131_047:
                (.outsideWindow, "The person has not written for 24 hours: send a template.")
            case 131_026, 131_030, 131_021:
                (
                    .invalidRecipient,
                    "Check the number, its country code, and that it uses WhatsApp."
                )
            case 132_000...132_099:
                (.templateUnavailable, "Check the template's name, language, state and parameters.")
            case 368, 131_031: (.accountRestricted, "Look at the account in WhatsApp Manager.")
            case 130_429, 131_048, 131_049, 131_056:
                (.throttled, "Send less, or later: Meta limits this number or this person.")
            default: (.rejectedByProvider, "See Meta's code and details.")
            }
        self.init(code, status: code == .throttled ? 429 : 400, error.text, hint: hint)
        providerCode = error.code.flatMap { Int(exactly: $0) }
        details = error.details
    }
}
