internal import Wire

/// Two journals of the same traffic, made as they are asked for, batch by batch.
actor BenchSupply {
    /// Messages that are made at once: with their statuses as much as a shipper sends at once (1 MiB).
    private static let messagesAtOnce = 900

    private let messages: Int
    private var traffic: BenchTraffic
    /// What was made with the other journal's batches and not asked for yet.
    private var waiting: [Service: [[JournalEntry]]] = [:]

    init(messages: Int, people: Int) {
        self.messages = messages
        traffic = BenchTraffic(people: people)
    }

    /// The next entries of that journal; none when it ends.
    func next(of process: Service) throws -> [JournalEntry] {
        while waiting[process, default: []].isEmpty {
            let count = min(Self.messagesAtOnce, messages - traffic.messages)
            guard count > 0 else { return [] }
            let batch = try traffic.next(count)
            waiting[.ingress, default: []].append(batch.ingress)
            waiting[.provider, default: []].append(batch.provider)
        }
        return waiting[process, default: []].removeFirst()
    }
}
