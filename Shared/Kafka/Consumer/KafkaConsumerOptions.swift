/// The options of a consumer. The defaults suit the embedded broker and a real cluster.
public struct KafkaConsumerOptions: Sendable {
    /// How partitions are assigned, and where reading starts.
    public enum Mode: Sendable, Hashable {
        /// The members of the group share the partitions; reading starts at the group's committed offset.
        case group(String)
        /// This consumer reads all partitions of the topics from the group's committed offsets, without joining the group. It starts at
        /// once, and the successor of a killed consumer need not wait for a session timeout. Two such consumers each read everything.
        /// Brokers accept its commits as long as the group has no members.
        case assigned(String)
        /// This consumer reads all partitions of the topics from their end at `start`, and commits nothing. For replies.
        case tail
    }

    /// How partitions are assigned, and where reading starts.
    public var mode: Mode

    /// The topics.
    public var topics: [String]

    /// The number of concurrent handlers: a partition belongs to worker `partition % workers`, in every topic. Default 1.
    public var workers: Int

    /// The maximum number of buffered records of a partition: fetching is paused at this depth and resumed at half of it. Default 2000.
    public var depthRecords: Int

    /// As `depthRecords`, in bytes of keys and values; the last record may exceed it. Default 16 MiB.
    public var depthBytes: Int

    /// The session timeout after which a silent member loses its partitions. Default 6 s: the least a real broker accepts. A
    /// rebalance on the embedded broker takes a second less than this, and with 3 s or less no member can join there.
    public var sessionTimeout: Duration

    /// How long the broker may delay an empty fetch response. Default 10 ms: the embedded broker always sleeps the whole time; a real
    /// one gets a hundred requests a second for each idle leader.
    public var fetchWait: Duration

    /// How often completed offsets are committed. Default 500 ms. They are also committed, synchronously, when partitions are revoked.
    public var commitInterval: Duration

    /// How long revoked partitions are kept for the leased batch to complete. Default 3 s, less than `sessionTimeout`.
    public var drainDeadline: Duration

    /// How long members may take to release their partitions and join again. librdkafka repeats an unanswered request to join after
    /// this time. A client without an assignment for this time plus a session, while the brokers answer, is replaced. Default 30 s;
    /// more than `drainDeadline` and `sessionTimeout`.
    public var rebalanceDeadline: Duration

    /// How long a partition whose log grows may make no progress before it is reassigned at its position; after twice as long the
    /// client is replaced. Checked every `metricsInterval`. Default 20 s.
    public var stallDeadline: Duration

    /// How long a worker may hold a batch before `KafkaConsumerEvent.stuck` is reported, and again after each further such time.
    /// Default 60 s.
    public var handlerDeadline: Duration

    /// How long `start` waits for the topics' end offsets in mode `tail`. Default 10 s.
    public var startDeadline: Duration

    /// How often new partitions are discovered. Default 5 s.
    public var refreshInterval: Duration

    /// How often lag and progress are recorded in the metrics. Default 5 s.
    public var metricsInterval: Duration

    /// - Parameters:
    ///   - mode: how partitions are assigned, and where reading starts
    ///   - topics: the topics
    ///   - workers: the number of concurrent handlers
    ///   - depthRecords: the maximum number of buffered records of a partition
    ///   - depthBytes: the maximum number of buffered bytes of a partition
    ///   - sessionTimeout: the session timeout of a member
    ///   - fetchWait: how long the broker may delay an empty fetch response
    ///   - commitInterval: how often completed offsets are committed
    ///   - drainDeadline: how long revoked partitions are kept for the leased batch
    ///   - rebalanceDeadline: how long members may take to join again
    ///   - stallDeadline: how long a partition whose log grows may make no progress
    ///   - handlerDeadline: how long a worker may hold a batch before it is reported
    ///   - startDeadline: how long `start` waits in mode `tail`
    ///   - refreshInterval: how often new partitions are discovered
    ///   - metricsInterval: how often lag and progress are recorded in the metrics
    public init(
        mode: Mode, topics: [String], workers: Int = 1, depthRecords: Int = 2000, depthBytes: Int = 16 << 20,
        sessionTimeout: Duration = .seconds(6), fetchWait: Duration = .milliseconds(10), commitInterval: Duration = .milliseconds(500),
        drainDeadline: Duration = .seconds(3), rebalanceDeadline: Duration = .seconds(30), stallDeadline: Duration = .seconds(20),
        handlerDeadline: Duration = .seconds(60), startDeadline: Duration = .seconds(10), refreshInterval: Duration = .seconds(5),
        metricsInterval: Duration = .seconds(5)
    ) {
        self.mode = mode
        self.topics = topics
        self.workers = max(1, workers)
        self.depthRecords = max(1, depthRecords)
        self.depthBytes = max(1, depthBytes)
        self.sessionTimeout = sessionTimeout
        self.fetchWait = fetchWait
        self.commitInterval = max(commitInterval, .milliseconds(10))
        self.drainDeadline = drainDeadline
        self.rebalanceDeadline = max(rebalanceDeadline, sessionTimeout + .seconds(1))
        self.stallDeadline = max(stallDeadline, .seconds(1))
        self.handlerDeadline = handlerDeadline
        self.startDeadline = startDeadline
        self.refreshInterval = max(refreshInterval, .milliseconds(100))
        self.metricsInterval = max(metricsInterval, .milliseconds(100))
    }
}
