internal import Reactor

/// How much memory the bodies of all requests together may have while they arrive.
///
/// A body is counted as its bytes come and until it is answered, so that a claim costs nothing and
/// callers who send slowly cannot fill the memory, however many they are.
// Unchecked: only touched on the loop's thread, as the connections are.
final class BodyBudget: @unchecked Sendable {
    /// 64 of the largest webhooks.
    static let limit = 256 << 20
    /// Beyond it for small bodies alone: many large ones do not keep usual webhooks out.
    static let reserve = 64 << 20
    /// What small is; a usual webhook has 1 to 4 KiB.
    static let small = 64 << 10

    private var taken = 0
    private var reminder = Reminder()
    private let report: @Sendable (String) -> Void

    init(report: @escaping @Sendable (String) -> Void) { self.report = report }

    /// Takes so many bytes more for a body that then has `total`; false when there is no room for them.
    func take(_ bytes: Int, total: Int) -> Bool {
        let limit = total <= Self.small ? Self.limit + Self.reserve : Self.limit
        guard taken + bytes <= limit else {
            if reminder.isDue() { report("body.budget bytes=\(taken)") }
            return false
        }
        taken += bytes
        return true
    }

    /// Gives back what was taken.
    func give(_ bytes: Int) { taken -= bytes }
}
