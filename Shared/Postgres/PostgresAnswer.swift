internal import Synchronization

/// Where the answer to a step goes that somebody wants when it is there, and does not wait for.
public final class PostgresAnswer: Sendable {
    private let held = Mutex<PostgresRows?>(nil)

    /// An answer that has not come.
    public init() {}

    /// The answer; nil as long as it has not come.
    public var rows: PostgresRows? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}
