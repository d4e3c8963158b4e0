internal import CloudAPI
internal import Wire

extension Provider {
    /// The number that sends: the one that is asked for, else the one that the person wrote to last, else
    /// the first.
    ///
    /// A read mark goes from the number that the message came to, which inbox knows.
    ///
    /// With one number there is no choice, and nothing is looked up. With several it costs a send without
    /// `from` one hop to the store and two reads of an index: 20 µs with 100,000 people known. A cache would
    /// be one more thing to be wrong after two persons were found to be one.
    /// - Throws: `Problem`: a number that is not ours, or the store can't be read.
    func number(for wanted: SendRequest) async throws -> String {
        let first = try numbers.sender(wanted.from)
        guard wanted.from == nil, case .these(let ids) = numbers, ids.count > 1 else {
            return first
        }
        switch wanted {
        case .message(let body):
            let written = try await outbox.numbers(writtenBy: body.message.to)
            return written.first(where: ids.contains) ?? first
        case .readMark(let mark, _):
            // Inbox has the message; while it is away the first number is as good a guess as any.
            let owner = await marks?.number(of: mark.messageID)
            return owner.flatMap { ids.contains($0) ? $0 : nil } ?? first
        }
    }
}
