/// How a service's process ends: the numbers of sysexits(3) where it has one that fits.
///
/// A second signal ends the process at once with 128 and the signal's number, as a shell reports it.
public enum ExitCode: Int32, Sendable, CaseIterable {
    /// Stopped when asked to, everything drained.
    case clean = 0
    /// A setting, an argument or a credential was refused; starting again will not help.
    case usage = 64
    /// Something broke, or did not stop within its deadline.
    case failure = 70
    /// What the service needs was not there within the start deadline; starting again may help.
    case temporary = 75

    /// In words, for help.
    public var meaning: String {
        switch self {
        case .clean: "stopped when asked to, everything drained"
        case .usage: "a setting or a credential was refused; mend it before the next start"
        case .failure: "something broke, or did not stop within the shutdown deadline"
        case .temporary: "the database was away for longer than the start deadline, or the HTTP port is taken; try again"
        }
    }
}
