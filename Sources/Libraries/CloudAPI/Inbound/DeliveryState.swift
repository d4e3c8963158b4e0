/// How far a message of ours got at Meta.
///
/// The order of the cases is the order of proof. `failed` stands between `sent` and `delivered`: it
/// overrules both states before it, and whatever proves delivery overrules it. So merging is the
/// larger of the two, and the result is the same whatever the order of arrival was, duplicates
/// included. (Meta promises neither order nor uniqueness.)
package enum DeliveryState: String, CaseIterable, Hashable, Sendable, Codable, Comparable {
    case accepted, sent, failed, delivered, read, played

    private var rank: Int {
        switch self {
        case .accepted: 0
        case .sent: 1
        case .failed: 2
        case .delivered: 3
        case .read: 4
        case .played: 5
        }
    }

    package static func < (left: DeliveryState, right: DeliveryState) -> Bool {
        left.rank < right.rank
    }

    /// The state after `news`; `known` is nil for a message that we had not heard of.
    package static func merging(_ known: DeliveryState?, with news: DeliveryState) -> DeliveryState
    {
        known.map { max($0, news) } ?? news
    }
}
