internal import CloudAPI
internal import Curl
internal import FoundationEssentials
internal import JSON

/// How much of its limits Graph says is used, from the head of an answer.
struct GraphUsage: Hashable, Sendable {
    /// What one limit has come to.
    struct Share: Hashable, Sendable {
        /// The highest of its figures; 100 and more is refused.
        let percent: Int
        /// When Graph expects to take requests again, if it says so.
        let regainedIn: Duration?
    }

    /// `X-App-Usage`: of the whole app.
    let app: Share?
    /// `X-Business-Use-Case-Usage`: by business or account id.
    let businesses: [String: Share]

    /// Nil when the answer says nothing of it, or nothing that can be read.
    init?(_ result: TransferResult) {
        let app = Self.read(result.field("x-app-usage")).flatMap { Share([$0]) }
        let cases = Self.read(result.field("x-business-use-case-usage"))?.members ?? [:]
        businesses = cases.compactMapValues { Share($0.elements ?? []) }
        self.app = app
        if app == nil, businesses.isEmpty { return nil }
    }

    private static func read(_ text: String?) -> JSONValue? {
        text.flatMap { try? JSONValue(parsing: Data($0.utf8)) }
    }
}

extension GraphUsage.Share {
    private static let figures = ["call_count", "total_time", "total_cputime"]
    /// Beyond a day it is no estimate, and beyond `Int` no number.
    private static let longestWait: Int64 = 24 * 60

    /// The worst of several entries; nil when none has a figure.
    fileprivate init?(_ entries: [JSONValue]) {
        let figures = entries.flatMap { entry in
            Self.figures.compactMap { entry[$0]?.number }.filter { (0...10_000).contains($0) }
        }
        guard let most = figures.max() else { return nil }
        percent = Int(most.rounded(.up))
        // WA §11.4: in minutes.
        let minutes = entries.compactMap { $0["estimated_time_to_regain_access"]?.integer }.max()
        regainedIn = minutes.flatMap {
            $0 > 0 ? .seconds(60 * min($0, Self.longestWait)) : nil
        }
    }
}
