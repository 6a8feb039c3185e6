public import Messaging

/// The settings of a service's messaging, for its `ServiceDescription`.
public enum MessagingSettings {
    /// How many batches are worked on at once.
    public static let lanes = Setting.integer(
        "messaging.lanes", standard: standard.lanes, in: 1...32, "How many batches of messages are worked on at once.")
    /// How many messages share a transaction.
    public static let batchAtMost = Setting.integer(
        "messaging.batchAtMost", standard: standard.batchAtMost, in: 1...10_000, "Greatest number of messages that share a transaction.")
    /// How long a relay keeps its shards.
    public static let relayLease = Setting.duration(
        "messaging.relayLease", standard: standard.relayLease, in: .seconds(4)...(.seconds(300)),
        "How long a relay keeps its share of the outbox without a sign of life.")
    /// How long Kafka may take to acknowledge.
    public static let produceTimeout = Setting.duration(
        "messaging.produceTimeout", standard: standard.produceTimeout, in: .seconds(2)...(.seconds(120)),
        "How long Kafka may take to acknowledge a message; two seconds less than messaging.relayLease at most.")
    /// How long a record waits for company.
    public static let linger = Setting.duration(
        "messaging.linger", standard: standard.linger, in: .zero...(.seconds(1)),
        "How long a message waits for others to travel to Kafka with; nothing on the one-machine broker.")
    /// How long a consumer may be silent.
    public static let sessionTimeout = Setting.duration(
        "messaging.sessionTimeout", standard: standard.sessionTimeout, in: .seconds(1)...(.seconds(300)),
        "After this long without a sign of life an instance's partitions go to others.")
    /// Whether there is one instance only.
    public static let alone = Setting.boolean(
        "messaging.alone", standard: standard.isAlone,
        "Whether this is the service's only instance: it takes all partitions at once, and none is shared out.")
    /// How long published messages are kept.
    public static let outboxRetention = Setting.duration(
        "messaging.outboxRetention", standard: standard.outboxRetention, in: .seconds(3600)...(.seconds(366 * 86_400)),
        "How long published messages are kept for readers that lost the log.")
    /// How long answered commands are remembered.
    public static let inboxRetention = Setting.duration(
        "messaging.inboxRetention", standard: standard.inboxRetention, in: .seconds(7200)...(.seconds(732 * 86_400)),
        "How long answered commands are remembered; longer than messaging.outboxRetention.")
    /// How long a broker may hold back an empty answer.
    public static let fetchWait = Setting.duration(
        "messaging.fetchWait", standard: standard.fetchWait, in: .milliseconds(1)...(.seconds(1)),
        "How long a broker may hold back its answer while there is nothing to read; the one-machine broker sleeps all of it.")
    /// How long a broker may hold back an empty answer to who waits for the answers to requests.
    public static let replyFetchWait = Setting.duration(
        "messaging.replyFetchWait", standard: standard.replyFetchWait, in: .milliseconds(1)...(.seconds(1)),
        "As messaging.fetchWait, for answers that somebody waits for; only where a service asks others.")
    /// How long at least from one batch's beginning to the next one's.
    public static let pace = Setting.duration(
        "messaging.pace", standard: standard.pace, in: .zero...(.seconds(1)),
        "How long at least from one batch's beginning to the next one's: more messages share it, for a little delay under load.")
    /// How long a relay rests between two rounds.
    public static let relayPace = Setting.duration(
        "messaging.relayPace", standard: standard.relayPace, in: .zero...(.seconds(1)),
        "How long this service rests after each round of what it sends: fewer and fuller ones, for a little delay under load.")
    /// How long a relay gathers what nobody waits for.
    public static let gathering = Setting.duration(
        "messaging.gathering", standard: standard.gathering, in: .zero...(.seconds(1)),
        "How long this service gathers what is no answer before it sends it, so that it goes out together; answers go out at once.")
    /// Whether records are compressed.
    public static let compression = Setting.boolean(
        "messaging.compression", standard: standard.compresses,
        "Whether messages are compressed on their way to the broker, and there; it saves room and costs time.")
    /// How many copies a topic has.
    public static let replicationFactor = Setting.integer(
        "messaging.replicationFactor", standard: standard.replicationFactor, in: 1...7,
        "Copies of each topic. A topic is made with so many, and with fewer the service is not ready.")
    /// How many copies must be in step.
    public static let minInsyncReplicas = Setting.integer(
        "messaging.minInsyncReplicas", standard: standard.minInsyncReplicas, in: 1...7,
        "Copies in step without which Kafka takes no message; one less than messaging.replicationFactor at most.")
    /// How many partitions a topic has.
    public static let partitionsATopic = Setting.integer(
        "messaging.topicPartitions", standard: standard.partitionsATopic, in: 1...32, "Partitions of a topic that is made.")

    /// All of them.
    public static let all: [SettingDeclaration] = [
        lanes.declaration, batchAtMost.declaration, relayLease.declaration, produceTimeout.declaration, linger.declaration,
        sessionTimeout.declaration,
        outboxRetention.declaration, inboxRetention.declaration, replicationFactor.declaration, minInsyncReplicas.declaration,
        partitionsATopic.declaration,
        fetchWait.declaration, replyFetchWait.declaration, pace.declaration, relayPace.declaration, alone.declaration,
        compression.declaration, gathering.declaration,
    ]

    private static let standard = MessagingOptions()
}

extension MessagingOptions {
    /// The options as the settings have them.
    public init(_ settings: Settings) {
        self.init()
        lanes = settings[MessagingSettings.lanes]
        batchAtMost = settings[MessagingSettings.batchAtMost]
        relayLease = settings[MessagingSettings.relayLease]
        produceTimeout = settings[MessagingSettings.produceTimeout]
        linger = settings[MessagingSettings.linger]
        sessionTimeout = settings[MessagingSettings.sessionTimeout]
        isAlone = settings[MessagingSettings.alone]
        outboxRetention = settings[MessagingSettings.outboxRetention]
        inboxRetention = settings[MessagingSettings.inboxRetention]
        replicationFactor = settings[MessagingSettings.replicationFactor]
        minInsyncReplicas = settings[MessagingSettings.minInsyncReplicas]
        fetchWait = settings[MessagingSettings.fetchWait]
        replyFetchWait = settings[MessagingSettings.replyFetchWait]
        pace = settings[MessagingSettings.pace]
        relayPace = settings[MessagingSettings.relayPace]
        gathering = settings[MessagingSettings.gathering]
        compresses = settings[MessagingSettings.compression]
        partitionsATopic = settings[MessagingSettings.partitionsATopic]
        handlerDeadline = settings[HostSettings.databaseStatementTimeout]
        stopDeadline = settings[HostSettings.shutdownDeadline] * 4 / 5
        // The commands of a rehearsal carry the instants of its own clock.
        if settings[HostSettings.rehearsal] { commandTimeBounds = .unbounded }
    }
}
