/// The points in message processing at which tests inject a fault, such as the death of the process or a broken connection. In production
/// no hook is installed.
public enum FaultPoint: String, Sendable, CaseIterable {
    /// A batch has been received from Kafka.
    case received
    /// Duplicates are known, and the rows that the messages of the batch request are loaded and locked.
    case seen
    /// The rows of released held events are loaded and locked too.
    case locked
    /// All messages of the batch are decided in memory.
    case decided
    /// All writes have been sent to the database, COMMIT has not.
    case written
    /// The transaction is committed, the offsets are not stored.
    case committed
    /// The relay has given records to Kafka; they are not acknowledged yet.
    case published
    /// Kafka has acknowledged the records; the outbox does not record it yet.
    case acknowledged
    /// The offsets are stored.
    case offsetStored = "offset-stored"
}

/// Called at each fault point. It may end the process, or throw.
public typealias FaultHook = @Sendable (FaultPoint) async throws -> Void
