package import FoundationEssentials
package import JSON

/// An error that Meta told: in an answer of Graph's, or in a webhook.
///
/// Decided on by its code alone; titles, types and subcodes change. (Meta, "Handle errors")
package struct GraphError: Error, Hashable, Sendable {
    /// Nil when there was none that could be read.
    package let code: Int64?
    /// Nil for an error of a webhook.
    package let httpStatus: Int?
    package let message: String?
    /// The best text, when there is one.
    package let details: String?
    package let isTransient: Bool
    /// `fbtrace_id`, which Meta's support asks for.
    package let trace: String?

    package init(
        code: Int64?, httpStatus: Int? = nil, message: String? = nil, details: String? = nil,
        isTransient: Bool = false, trace: String? = nil
    ) {
        self.code = code
        self.httpStatus = httpStatus
        self.message = message
        self.details = details
        self.isTransient = isTransient
        self.trace = trace
    }

    /// Reads the body of an answer; nil when it is not Graph's error object.
    ///
    /// Then nobody said that Graph refused: a gateway's 502 leaves open what became of a send.
    package init?(body: Data, httpStatus: Int) {
        guard let answer = try? JSONValue(parsing: body) else { return nil }
        self.init(answer, httpStatus: httpStatus)
    }

    /// The same of an answer that was parsed already.
    package init?(_ answer: JSONValue, httpStatus: Int) {
        guard let error = answer["error"], error.members != nil else { return nil }
        let data = error["error_data"]
        self.init(
            code: error["code"]?.integer, httpStatus: httpStatus,
            message: error["message"]?.nonEmptyString,
            // `error_data` has come as the text itself, too; templates have theirs for people.
            details: data?["details"]?.nonEmptyString ?? data?.nonEmptyString
                ?? error["error_user_msg"]?.nonEmptyString
                ?? error["error_user_title"]?.nonEmptyString,
            isTransient: error["is_transient"]?.bool ?? false,
            trace: error["fbtrace_id"]?.nonEmptyString)
    }

    /// The error of a failed status, which is treated like one that an answer tells.
    package init(_ error: CloudError) {
        self.init(
            code: error.code, message: error.message ?? error.title, details: error.details)
    }

    // MARK: What follows

    /// What the table has for it, or what follows from how it came.
    package var entry: GraphErrorEntry {
        GraphErrorTable.refined(
            GraphErrorTable.entry(code: code, httpStatus: httpStatus, isTransient: isTransient),
            by: details ?? message)
    }

    package var errorClass: ErrorClass { entry.errorClass }

    /// The best text there is, for people.
    package var text: String { details ?? message ?? entry.meaning }
}
