import Testing

/// The tests that take all of the machine: one after the other, so that none is slowed by another.
@Suite("the real executables under load", .serialized)
enum LoadingTests {}

/// The tests that mostly wait: one after the other too, beside those that take the machine.
@Suite("the real executables at work", .serialized)
enum RunningTests {}
