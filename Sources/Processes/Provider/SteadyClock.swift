internal import FoundationEssentials
internal import Reactor
internal import SQLite

/// A wall clock that does not step: waits that outlive this process are kept by it.
///
/// It is the boot clock, moved by what the wall clock said at the first start after the machine's boot;
/// later starts keep that. Over a boot of the machine the wall clock is all there is: by as much as it was
/// set between those two first starts, a wait is longer or shorter.
struct SteadyClock: Hashable, Sendable {
    /// Which boot of the machine it belongs to.
    let boot: String
    /// From the boot clock to this one, in ms.
    let offset: Int64
}

extension SteadyClock {
    /// What the machine's clocks say at one moment.
    struct Reading: Hashable, Sendable {
        /// A name of the boot, the same until the next one.
        let boot: String
        /// Milliseconds since 1970.
        let wall: Int64
        /// Milliseconds of the boot clock.
        let sinceBoot: Int64

        static var now: Reading {
            let boot = try? String(
                contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
            // Where nothing tells boots apart, each start counts as one.
            return Reading(
                boot: boot ?? UUID().uuidString, wall: Clocks.wall, sinceBoot: Clocks.boot)
        }
    }

    /// Goes on with the clock that was kept, if it is of this boot.
    init(after kept: SteadyClock?, _ now: Reading) {
        if let kept, kept.boot == now.boot {
            self = kept
        } else {
            self.init(boot: now.boot, offset: now.wall - now.sinceBoot)
        }
    }

    /// Goes on with the clock that an outbox has, and keeps in it what is new.
    ///
    /// - Throws: `DatabaseError`.
    init(in database: Database, _ now: Reading) throws {
        let kept = try database.prepare("SELECT boot, offset FROM clock").first {
            SteadyClock(boot: $0.text(0), offset: $0.integer(1))
        }
        self.init(after: kept, now)
        guard self != kept else { return }
        do {
            try database.transaction {
                try database.prepare("DELETE FROM clock").run()
                try database.prepare("INSERT INTO clock VALUES (?, ?)").run(
                    .text(boot), .integer(offset))
            }
        } catch let error as DatabaseError where error.remedy == .refuseWrites {
            // Without room it serves this process alone: no reason not to start.
        }
    }

    /// Its time at a moment of the boot clock, both in ms.
    func time(at sinceBoot: Int64) -> Int64 { sinceBoot + offset }

    /// The moment of the boot clock at which it says that, both in ms; before the boot it is negative.
    func moment(of time: Int64) -> Int64 { time - offset }
}
