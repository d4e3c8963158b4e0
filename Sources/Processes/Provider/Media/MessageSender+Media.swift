internal import Reactor
internal import Wire

// Files go by the same token, account and number as messages: what is in the way of these is in the way of
// them too.

extension MessageSender {
    /// What a file was refused for is cured: one went.
    func reopen(_ scope: SendScope) {
        let released = dispatch.open(scope, now: Clocks.boot)
        if released.isEmpty { pump() } else { work { await $0.release(released) } }
    }
}
