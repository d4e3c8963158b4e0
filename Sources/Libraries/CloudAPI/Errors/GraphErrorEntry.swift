/// What is known of one error code of Meta's, or of a range of codes that mean the same.
package struct GraphErrorEntry: Hashable, Sendable {
    package let codes: ClosedRange<Int64>
    package let errorClass: ErrorClass
    /// What happened, in a few words: for lists by cause, and where Meta says nothing itself.
    package let meaning: String
    package let caller: CallerError
    /// What a person should do next, in a sentence.
    package let hint: String
    /// The shortest wait before the scope is tried again, where Meta states one in its pages.
    package let wait: Duration?

    /// One row of the table; `caller` follows from the class unless it is given.
    init(
        _ codes: ClosedRange<Int64>, _ errorClass: ErrorClass, _ meaning: String,
        as caller: CallerError? = nil, wait: Duration? = nil, do hint: String
    ) {
        self.codes = codes
        self.errorClass = errorClass
        self.meaning = meaning
        self.caller = caller ?? Self.caller(of: errorClass)
        self.hint = hint
        self.wait = wait
    }

    /// A row for a single code.
    init(
        _ code: Int64, _ errorClass: ErrorClass, _ meaning: String, as caller: CallerError? = nil,
        wait: Duration? = nil, do hint: String
    ) {
        self.init(code...code, errorClass, meaning, as: caller, wait: wait, do: hint)
    }

    private static func caller(of errorClass: ErrorClass) -> CallerError {
        switch errorClass {
        case .auth: .providerUnauthorized
        case .account: .accountRestricted
        case .throttle: .throttled
        case .transient: .unavailable
        case .template: .templateUnavailable
        case .permanent, .information: .rejectedByProvider
        }
    }

    /// A wait from which on an operator wants to be told, and not only the log.
    private static let alarmingWait = Duration.seconds(3_600)

    /// Whether an operator must hear of it at once.
    package var raisesAlarm: Bool {
        switch errorClass {
        case .auth, .account: true
        case .throttle: wait.map { $0 >= Self.alarmingWait } ?? false
        case .transient, .permanent, .template, .information: false
        }
    }
}
