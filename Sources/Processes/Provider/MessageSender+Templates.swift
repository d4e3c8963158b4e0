internal import Reactor
internal import Wire

// What the list of templates and Meta's webhooks say of those that messages wait for; named by name and
// language.

extension MessageSender {
    /// A template may be sent (again).
    func cured(_ template: String) {
        let released = dispatch.open(.template(template), now: Clocks.boot)
        if !released.isEmpty { work { await $0.release(released) } }
    }

    /// A template is not sent any more: what waits for it is held before Meta refuses it.
    ///
    /// What is still to come is refused before it is taken in, so that nothing is paused for nobody.
    func hold(_ template: String, for problem: Problem) {
        guard !dispatch.waiting(in: .template(template)).isEmpty else { return }
        block(template, for: problem)
        pump()
    }

    /// Pauses a template for a message that is about to wait for it.
    func block(_ template: String, for problem: Problem) {
        let scope = SendScope.template(template)
        guard dispatch.gates[scope]?.pause == nil else { return }
        dispatch.pause(scope, for: problem, now: Clocks.boot)
    }
}
