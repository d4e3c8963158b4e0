internal import CloudAPI
internal import Curl
internal import FoundationEssentials
internal import JSON

extension GraphOutcome {
    /// Reads what is known of a send off its transfer.
    ///
    /// A status decides, else whether the request can have left. Only Graph's own words say that a
    /// message was not taken: a page of the edge before it (502, 504) does not.
    init(_ result: TransferResult) {
        guard let status = result.status else {
            let reason = result.failure ?? "no answer"
            switch result.hasLeft {
            case .never: self = .neverLeft(reason: reason)
            case .maybe: self = .unknown(reason: reason)
            }
            return
        }
        let answer = try? JSONValue(parsing: result.body)
        if (200...299).contains(status),
            let wamid = answer?["messages"]?.elements?.first?["id"]?.nonEmptyString
        {
            let contact = answer?["contacts"]?.elements?.first
            self = .accepted(wamid: wamid, waID: contact?["wa_id"]?.identifier)
            return
        }
        let retryAfter = Self.seconds(result.field("retry-after"))
        if let error = GraphError(answer, status: status, retryAfter: retryAfter) {
            self = .refused(error)
        } else if status == 429 {
            self = .refused(GraphError(code: nil, httpStatus: status, retryAfter: retryAfter))
        } else {
            let cut = result.failure.map { ", \($0)" } ?? ""
            self = .unknown(reason: "HTTP \(status) without an answer of Graph's\(cut)")
        }
    }

    /// A week; whoever asks for more has mistaken the unit.
    private static let longestRetryAfter: Int64 = 7 * 24 * 3_600

    /// RFC 9110 §10.2.3, without its date form, which Graph has not been seen to send.
    private static func seconds(_ text: String?) -> Duration? {
        guard let seconds = text.flatMap({ Int64($0) }), seconds >= 0 else { return nil }
        return .seconds(min(seconds, longestRetryAfter))
    }
}

extension GraphError {
    /// Graph's error envelope (WA §8.1); nil for anything else, such as another server's JSON.
    fileprivate init?(_ answer: JSONValue?, status: Int, retryAfter: Duration?) {
        guard let error = answer?["error"], let code = error["code"]?.integer else { return nil }
        let common = CloudError(error)
        self.init(
            code: code, subcode: error["error_subcode"]?.integer, message: common.message,
            details: common.details, trace: error["fbtrace_id"]?.nonEmptyString,
            isTransient: error["is_transient"]?.bool ?? false, httpStatus: status,
            retryAfter: retryAfter)
    }
}
