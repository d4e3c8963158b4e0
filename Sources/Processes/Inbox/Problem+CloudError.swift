internal import CloudAPI
internal import Wire

extension Problem {
    /// What a failed status says, in our words and Meta's, with what to do.
    init(of error: CloudError) {
        let error = GraphError(error)
        let entry = error.entry
        self.init(
            // The names are the same; a test keeps them so.
            Code(rawValue: entry.caller.rawValue) ?? .rejectedByProvider,
            status: entry.caller.httpStatus, error.text, hint: entry.hint,
            retryable: entry.errorClass.isRetryable)
        providerCode = error.code.flatMap { Int(exactly: $0) }
        details = error.details
    }
}
