internal import Synchronization

/// Receives the result of an enqueued step when it arrives, without waiting for it.
public final class PostgresPendingRows: Sendable {
    private let held = Mutex<PostgresRows?>(nil)

    /// Starts without a result.
    public init() {}

    /// The result; nil until it has arrived.
    public var rows: PostgresRows? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}
