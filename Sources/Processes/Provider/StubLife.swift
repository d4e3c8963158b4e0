internal import Reactor

/// Plays Meta's part after the acceptance: lets the outbox tell each status when it is due.
///
/// One timer for all messages; what is due by the same time goes into one transaction. What is still
/// to come is in the outbox, so that a restart only delays it.
actor StubLife {
    /// Between two transactions: statuses that are due this near to each other are told together.
    private static let grain = Duration.milliseconds(10)
    /// After a failure, such as a full disk.
    private static let pause = Duration.seconds(1)

    private let loop: EventLoop
    private let outbox: Outbox
    private var timer: (id: EventLoop.Timer, due: Int64)?
    private var telling: Task<Void, Never>?
    private var isStopped = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(of outbox: Outbox, on loop: EventLoop) {
        self.outbox = outbox
        self.loop = loop
    }

    /// Begins with what an earlier process left, and goes on with every commit.
    func start() async {
        await outbox.notify { [self] due in assumeIsolated { $0.expect(due) } }
    }

    /// Stops the timer, and returns once nothing is being told any more.
    func stop() async {
        isStopped = true
        if let timer { loop.cancel(timer.id) }
        timer = nil
        await telling?.value
    }

    /// Sets the timer if `due` (wall clock in ms) comes before what it is set to.
    private func expect(_ due: Int64) {
        // While a batch is told, its own end says what comes next.
        guard !isStopped, telling == nil else { return }
        if let timer {
            guard due < timer.due else { return }
            loop.cancel(timer.id)
        }
        // A clock that was set back must not stop the lives that began before.
        let left = min(due - Clocks.wall, StubStep.longestDelay)
        set(due, after: max(.milliseconds(left), Self.grain))
    }

    private func set(_ due: Int64, after delay: Duration) {
        timer = (loop.after(delay) { [self] in assumeIsolated { $0.tell() } }, due)
    }

    private func tell() {
        timer = nil
        telling = Task(executorPreference: loop) {
            let isTold = await self.outbox.tellStatuses()
            await self.told(isTold)
        }
    }

    private func told(_ isTold: Bool) async {
        // Before the question, so that a commit that comes in between is heard.
        telling = nil
        guard !isStopped else { return }
        if !isTold {
            set(0, after: Self.pause)
        } else if let next = await outbox.nextDue {
            expect(next)
        }
    }
}
