/// What the command line of a process says.
struct Arguments {
    static let usage = "[--check] [--require-sandbox | --no-sandbox]"

    /// Judges the settings and ends.
    private(set) var isCheck = false
    private(set) var sandbox = Confinement.Wanted.on

    /// Nil for anything else than `usage` says.
    init?(_ arguments: some Sequence<String>) {
        for argument in arguments {
            switch argument {
            case "--check": isCheck = true
            case "--require-sandbox" where sandbox != .off: sandbox = .required
            case "--no-sandbox" where sandbox != .required: sandbox = .off
            default: return nil
            }
        }
    }
}
