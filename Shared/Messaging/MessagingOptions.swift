import Messages
import Recovery

/// The options of a service's messaging. The defaults suit a Kafka cluster and follow Kafka's guides; each option is a bound.
public struct MessagingOptions: Sendable {
    /// How many batches are processed concurrently. A partition belongs to one worker.
    public var workers = 2
    /// At most this many messages share a transaction.
    public var batchAtMost = 1000
    /// Minimum time between the starts of two batches of a worker. Messages that arrive meanwhile share the next batch. It adds no latency
    /// to an idle worker; under load it trades some latency for fewer transactions.
    public var batchInterval: Duration = .zero
    /// How long events may wait in the outbox for others to be published together. Replies and commands are published at once, and so is the
    /// first event after a pause.
    public var eventLinger: Duration = .zero
    /// A partition is paused when this many of its records are buffered in memory.
    public var recordsPerPartitionAtMost = 2000
    /// How long a relay's leases last without renewal. At least two seconds longer than `produceTimeout`.
    public var relayLease: Duration = .seconds(45)
    /// How long Kafka may take to acknowledge a record before publishing counts as failed: longer than a broker's session timeout (9 s)
    /// plus the election of new leaders.
    public var produceTimeout: Duration = .seconds(30)
    /// How long the producer waits for more records to send in one request (Kafka's `linger.ms`).
    public var linger: Duration = .milliseconds(5)
    /// How often an idle relay polls the outbox while other instances of the service run. Writes of this process signal the relay; polling is
    /// for rows that other processes write.
    public var relayPollInterval: Duration = .milliseconds(20)
    /// A gap in a sequence is requested from the producer after this long.
    public var gapTimeout: Duration = .seconds(1)
    /// An unanswered republish request is repeated after this long; each further repetition waits twice as long.
    public var republishTimeout: Duration = .seconds(5)
    /// At most this many records per shard are requested at a time.
    public var republishAtMost = 1000
    /// At most this many messages are stored under a parked key. Further commands are refused under QUAN-28; further events are dropped and
    /// requested again when the key is released.
    public var rowsPerParkedKeyAtMost = 1000
    /// Published messages are kept this long, for readers that need them republished.
    public var outboxRetention: Duration = .seconds(14 * 86_400)
    /// Answered commands are remembered this long. Longer than `outboxRetention`, so that a republished command is still known as a
    /// duplicate.
    public var inboxRetention: Duration = .seconds(28 * 86_400)
    /// How far a command's time may differ from the broker's.
    public var commandTimeBounds = CommandTimeBounds()
    /// How long a stop may take to finish batches, publish the outbox and leave the consumer group.
    public var stopDeadline: Duration = .seconds(20)
    /// How long a batch may take before its handler is reported as stuck.
    public var handlerDeadline: Duration = .seconds(60)
    /// Whether this is the service's only instance: it reads all partitions without joining a consumer group, so it never waits for a
    /// rebalance or for the session timeout of a dead member. Two such instances both process every message: correct, but wasteful.
    public var isSingleInstance = false
    /// Kafka's session timeout: after this long without a heartbeat a consumer's partitions are assigned to others.
    public var sessionTimeout: Duration = .seconds(45)
    /// How long a broker may hold back a fetch response while there is nothing to read. Kafka responds as soon as a record arrives. The
    /// embedded broker always sleeps this long, so there it adds to the latency of every message.
    public var fetchWait: Duration = .milliseconds(500)
    /// The same for the reader of `replies`. A single instance has one reader for all topics, which uses the shorter of the two.
    public var replyFetchWait: Duration = .milliseconds(500)
    /// Whether records are compressed, in transit and at the broker.
    public var compresses = true
    /// How often the audit trail's head is published to other services. A truncation of rows sealed since the last head is not detected.
    public var auditHeadInterval: Duration = .seconds(30)
    /// Missing topics are created with this many partitions. A divisor of 32 spreads keys evenly.
    public var partitionsPerTopic = 8
    /// Missing topics are created with this many replicas. A service whose topics have fewer is not ready.
    public var replicationFactor = 3
    /// Kafka accepts a record only while this many replicas of its partition are in sync; at most one less than `replicationFactor`.
    public var minInsyncReplicas = 2

    /// The defaults.
    public init() {}

    /// For the embedded broker, not for a cluster: it has one replica of each partition, acknowledges at once, sleeps while there is
    /// nothing to read, and takes a full session timeout for a rebalance.
    public static let embeddedBroker: MessagingOptions = {
        var options = MessagingOptions()
        options.relayLease = .seconds(12)
        options.produceTimeout = .seconds(5)
        options.linger = .zero
        options.sessionTimeout = .seconds(6)
        options.fetchWait = .milliseconds(2)
        options.replyFetchWait = .milliseconds(2)
        options.replicationFactor = 1
        options.minInsyncReplicas = 1
        return options
    }()

    /// Invalid or inconsistent options, one line each; empty when there are none.
    public var problems: [String] {
        var problems: [String] = []
        if workers < 1 { problems.append("workers must be 1 or more") }
        if !(1...10_000).contains(batchAtMost) { problems.append("batchAtMost must be 1 to 10,000") }
        if relayLease < produceTimeout + .seconds(2) { problems.append("relayLease must exceed produceTimeout by 2 s or more") }
        if inboxRetention <= outboxRetention { problems.append("inboxRetention must exceed outboxRetention") }
        if !(1...Int(Shard.count)).contains(partitionsPerTopic) { problems.append("partitionsPerTopic must be 1 to \(Shard.count)") }
        // librdkafka's minimum. With less, a lease could end while records are in flight.
        if produceTimeout < .seconds(2) { problems.append("produceTimeout must be 2 s or more") }
        if !(1...Republisher.recordsAtMost).contains(republishAtMost) {
            problems.append("republishAtMost must be 1 to \(Republisher.recordsAtMost)")
        }
        let counts = [
            ("recordsPerPartitionAtMost", recordsPerPartitionAtMost), ("rowsPerParkedKeyAtMost", rowsPerParkedKeyAtMost),
            ("replicationFactor", replicationFactor), ("minInsyncReplicas", minInsyncReplicas),
        ]
        problems += counts.filter { $0.1 < 1 }.map { "\($0.0) must be 1 or more" }
        let times = [
            ("relayPollInterval", relayPollInterval), ("gapTimeout", gapTimeout), ("republishTimeout", republishTimeout),
            ("outboxRetention", outboxRetention), ("stopDeadline", stopDeadline), ("handlerDeadline", handlerDeadline),
            ("auditHeadInterval", auditHeadInterval), ("sessionTimeout", sessionTimeout),
        ]
        problems += times.filter { $0.1 <= .zero }.map { "\($0.0) must be greater than zero" }
        return problems
    }
}
