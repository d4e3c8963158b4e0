import Testing

/// The tests that take all of the machine: one after the other, so that none is slowed by another.
@Suite("the real executables under load", .serialized)
enum LoadingTests {}
