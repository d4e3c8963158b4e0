internal import CloudAPI
internal import Wire

extension Fold {
    /// A message that was written in the business's own app, now or before this gateway was there.
    ///
    /// It is kept as what it is: it opens no window, is unread for nobody, and is told under a name of its
    /// own, so that nothing answers it.
    func apply(_ past: AppMessage, _ arrival: Arrival) throws {
        let message = past.message
        let timestamp = message.timestamp.map { $0 * 1_000 } ?? arrival.entry.at
        guard let party = try party(of: message, at: timestamp, arrival) else { return }
        let conversation = try open(message, with: party, opensAt: nil, arrival)
        let author = past.isFromBusiness ? "" : try author(of: message)
        if let amendment = Amendment(
            message, from: author, in: conversation, at: timestamp, arrival.moment)
        {
            return try apply(amendment, naming: message.unknownNames, arrival)
        }
        var row = try MessageRow(
            message, at: timestamp, provider: providerName, received: arrival.moment, coder)
        row.conversation = conversation ?? ""
        try link(row, to: message.kind)
        row.opensWindow = false
        row.origin = past.source == .echo ? "app" : "history"
        row.precedence = past.precedence
        guard past.isFromBusiness else {
            return try keep(row, as: .messageImported, naming: message.unknownNames, arrival)
        }
        guard try !isOurs(row) else { return }
        row.direction = .outbound
        row.sentBy = "app"
        row.toldStatus = past.state.rawValue
        row.status = MessageStatus(rawValue: row.toldStatus) ?? .sent
        try keep(
            row, as: past.source == .echo ? .messageEchoed : .messageImported,
            naming: message.unknownNames, arrival)
        // Statuses of it may have come before, and may follow.
        _ = try register(row.wamid, of: row.phoneNumberID, as: row.id, attempt: 0)
        try settle(row.id, arrival)
    }
}

extension AppMessage {
    /// What was told live counts over what was told later, and a file over what stands for it.
    fileprivate var precedence: Int64 {
        switch source {
        case .echo: 1
        case .history: message.kind == .mediaPlaceholder ? 3 : 2
        }
    }

    /// How far one of the business's got, as far as the app knew.
    fileprivate var state: DeliveryState {
        if case .history(let state?) = source { state } else { .sent }
    }
}
