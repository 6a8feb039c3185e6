/// The exit code of a service's process, as in sysexits(3).
///
/// After a second signal the exit code is 128 plus the signal's number, as shells report it.
public enum ExitCode: Int32, Sendable, CaseIterable {
    /// Stopped by a signal; all work in progress was completed.
    case clean = 0
    /// A setting, an argument or a credential was refused; a restart does not help.
    case usage = 64
    /// A failure, or a component that did not stop within the deadline.
    case failure = 70
    /// The database or the HTTP port was not available within the start deadline; a restart may help.
    case temporary = 75

    /// The meaning in words, for help.
    public var meaning: String {
        switch self {
        case .clean: "stopped by a signal; all work in progress was completed"
        case .usage: "a setting or a credential was refused; correct it before the next start"
        case .failure: "a failure, or a component did not stop within the shutdown deadline"
        case .temporary: "the database was not available within the start deadline, or the HTTP port is in use; try again"
        }
    }
}
