public import Messaging

/// The settings of messaging, for a `ServiceDescription`.
public enum MessagingSettings {
    /// The setting `messaging.workers`.
    public static let workers = Setting.integer(
        "messaging.workers", formerKey: "messaging.lanes", standard: standard.workers, in: 1...32,
        "Number of batches of messages that are processed at once.")
    /// The setting `messaging.batchAtMost`.
    public static let batchAtMost = Setting.integer(
        "messaging.batchAtMost", standard: standard.batchAtMost, in: 1...10_000, "Maximum number of messages in one transaction.")
    /// The setting `messaging.relayLease`.
    public static let relayLease = Setting.duration(
        "messaging.relayLease", standard: standard.relayLease, in: .seconds(4)...(.seconds(300)),
        "How long a relay keeps its outbox shards without renewing its lease; afterwards another instance takes them.")
    /// The setting `messaging.produceTimeout`.
    public static let produceTimeout = Setting.duration(
        "messaging.produceTimeout", standard: standard.produceTimeout, in: .seconds(2)...(.seconds(120)),
        "How long Kafka may take to acknowledge a message; at least 2s shorter than messaging.relayLease.")
    /// The setting `messaging.linger`.
    public static let linger = Setting.duration(
        "messaging.linger", standard: standard.linger, in: .zero...(.seconds(1)),
        "How long a message waits for others, so that they are sent to Kafka in one request.")
    /// The setting `messaging.sessionTimeout`.
    public static let sessionTimeout = Setting.duration(
        "messaging.sessionTimeout", standard: standard.sessionTimeout, in: .seconds(1)...(.seconds(300)),
        "How long Kafka waits for a heartbeat of an instance before it gives the instance's partitions to others.")
    /// The setting `messaging.singleInstance`.
    public static let singleInstance = Setting.boolean(
        "messaging.singleInstance", standard: standard.isSingleInstance,
        "Whether this is the service's only instance: it reads all partitions and joins no consumer group.")
    /// The setting `messaging.outboxRetention`.
    public static let outboxRetention = Setting.duration(
        "messaging.outboxRetention", standard: standard.outboxRetention, in: .seconds(3600)...(.seconds(366 * 86_400)),
        "How long published messages are kept in the outbox, for readers that request them after Kafka has lost its log.")
    /// The setting `messaging.inboxRetention`.
    public static let inboxRetention = Setting.duration(
        "messaging.inboxRetention", standard: standard.inboxRetention, in: .seconds(7200)...(.seconds(732 * 86_400)),
        "How long the outcomes of handled commands are kept, to recognise duplicates; longer than messaging.outboxRetention.")
    /// The setting `messaging.fetchWait`.
    public static let fetchWait = Setting.duration(
        "messaging.fetchWait", standard: standard.fetchWait, in: .milliseconds(1)...(.seconds(1)),
        "How long a broker may wait for messages before it answers a fetch request; the embedded broker always waits this long.")
    /// The setting `messaging.replyFetchWait`.
    public static let replyFetchWait = Setting.duration(
        "messaging.replyFetchWait", standard: standard.replyFetchWait, in: .milliseconds(1)...(.seconds(1)),
        "As messaging.fetchWait, for the replies to this service's own commands.")
    /// The setting `messaging.batchInterval`.
    public static let batchInterval = Setting.duration(
        "messaging.batchInterval", formerKey: "messaging.pace", standard: standard.batchInterval, in: .zero...(.seconds(1)),
        "Minimum time between the beginnings of two batches; a longer time makes larger batches and delays messages under load.")
    /// The setting `messaging.eventLinger`.
    public static let eventLinger = Setting.duration(
        "messaging.eventLinger", formerKey: "messaging.gathering", standard: standard.eventLinger, in: .zero...(.seconds(1)),
        "How long events wait for others, so that they are published together; replies and commands are published at once.")
    /// The setting `messaging.compression`.
    public static let compression = Setting.boolean(
        "messaging.compression", standard: standard.compresses,
        "Whether messages are compressed; it saves network traffic and space on the brokers, and costs processor time.")
    /// The setting `messaging.replicationFactor`.
    public static let replicationFactor = Setting.integer(
        "messaging.replicationFactor", standard: standard.replicationFactor, in: 1...7,
        "Number of copies of each topic. Topics are created with this number; while a topic has fewer, the service is not ready.")
    /// The setting `messaging.minInsyncReplicas`.
    public static let minInsyncReplicas = Setting.integer(
        "messaging.minInsyncReplicas", standard: standard.minInsyncReplicas, in: 1...7,
        "Number of in-sync copies that Kafka requires to accept a message; less than messaging.replicationFactor unless that is 1.")
    /// The setting `messaging.topicPartitions`.
    public static let partitionsPerTopic = Setting.integer(
        "messaging.topicPartitions", standard: standard.partitionsPerTopic, in: 1...32,
        "Number of partitions of each topic that this service creates.")

    /// All of them.
    public static let all: [SettingDeclaration] = [
        workers.declaration, batchAtMost.declaration, relayLease.declaration, produceTimeout.declaration, linger.declaration,
        sessionTimeout.declaration,
        outboxRetention.declaration, inboxRetention.declaration, replicationFactor.declaration, minInsyncReplicas.declaration,
        partitionsPerTopic.declaration,
        fetchWait.declaration, replyFetchWait.declaration, batchInterval.declaration, eventLinger.declaration,
        singleInstance.declaration,
        compression.declaration,
    ]

    /// The rules between these settings.
    public static let rules: [SettingsRule] = [
        SettingsRule(workers) { settings in
            let problems = MessagingOptions(settings).problems
            return problems.isEmpty ? nil : problems.joined(separator: "; ")
        },
        .production(replicationFactor) { settings in
            let copies = settings[replicationFactor]
            return copies < 3 ? "\(copies) copies of a topic do not survive the loss of a broker; set 3 or more" : nil
        },
        .production(minInsyncReplicas) { settings in
            settings[minInsyncReplicas] < 2 ? "a message must be on 2 brokers before it counts as published; set 2 or more" : nil
        },
    ]

    private static let standard = MessagingOptions()
}

extension MessagingOptions {
    /// Reads the options from the settings.
    public init(_ settings: Settings) {
        self.init()
        workers = settings[MessagingSettings.workers]
        batchAtMost = settings[MessagingSettings.batchAtMost]
        relayLease = settings[MessagingSettings.relayLease]
        produceTimeout = settings[MessagingSettings.produceTimeout]
        linger = settings[MessagingSettings.linger]
        sessionTimeout = settings[MessagingSettings.sessionTimeout]
        isSingleInstance = settings[MessagingSettings.singleInstance]
        outboxRetention = settings[MessagingSettings.outboxRetention]
        inboxRetention = settings[MessagingSettings.inboxRetention]
        replicationFactor = settings[MessagingSettings.replicationFactor]
        minInsyncReplicas = settings[MessagingSettings.minInsyncReplicas]
        fetchWait = settings[MessagingSettings.fetchWait]
        replyFetchWait = settings[MessagingSettings.replyFetchWait]
        batchInterval = settings[MessagingSettings.batchInterval]
        eventLinger = settings[MessagingSettings.eventLinger]
        compresses = settings[MessagingSettings.compression]
        partitionsPerTopic = settings[MessagingSettings.partitionsPerTopic]
        handlerDeadline = settings[HostSettings.databaseStatementTimeout]
        stopDeadline = settings[HostSettings.shutdownDeadline] * 4 / 5
        // Commands of a rehearsal carry times of the rehearsal's clock, which cannot be compared with the broker's.
        if settings[HostSettings.rehearsal] { commandTimeBounds = .unbounded }
    }
}
