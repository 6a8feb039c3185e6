/// The places on a message's way at which a process may die or a connection may break. Tests put faults there; in
/// production nothing listens.
public enum FaultPoint: String, Sendable, CaseIterable {
    /// A batch has been taken from Kafka.
    case received
    /// What was seen before is known, and what all messages of the batch want is loaded and locked.
    case seen
    /// The rows of what was held and is let go are loaded and locked too.
    case locked
    /// Everything is decided in memory.
    case decided
    /// Everything that is to be written is on its way to the database, COMMIT is not.
    case written
    /// The transaction is committed, the offsets are not stored.
    case committed
    /// The relay has given records to Kafka, and has not heard of them.
    case published
    /// Kafka has acknowledged, the outbox does not know it yet.
    case acknowledged
    /// The offsets are stored.
    case offsetStored = "offset-stored"
}

/// What happens at a fault point: it may end the process, or throw.
public typealias FaultHook = @Sendable (FaultPoint) async throws -> Void
