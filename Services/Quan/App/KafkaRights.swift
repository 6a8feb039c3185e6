import Messages

/// The rights that a program of the platform needs on a Kafka cluster with authentication. A program's user has the program's name.
struct KafkaRights: Sendable, Hashable {
    /// The user.
    let user: String
    /// The topics it may read.
    let reads: [String]
    /// The topics it may write.
    let writes: [String]
    /// The consumer group shared by its instances; nil if there is none.
    let group: String?
    /// The prefix of the consumer groups of single instances; nil if there are none.
    let groupPrefix: String?
    /// Whether it creates missing topics.
    let createsTopics: Bool

    /// The rights of every program: the services and the operator's tool.
    static let all = PlatformTopic.services.map { KafkaRights($0) } + [KafkaRights(PlatformTopic.operatorTool)]

    private init(_ user: String) {
        let isService = PlatformTopic.services.contains(user)
        self.user = user
        reads = PlatformTopic.all.filter { $0.readers.contains(user) }.map(\.name)
        writes = PlatformTopic.all.filter { $0.writers.contains(user) }.map(\.name)
        group = isService ? user : nil
        // Each instance that waits for replies reads them in its own group, whose name begins with the client id.
        groupPrefix = reads.contains(Topic.replies) ? user + "-" : nil
        createsTopics = isService
    }
}

extension KafkaRights {
    /// A bash script that grants all programs their rights, with Kafka's own `kafka-acls.sh`.
    static let script = """
        #!/usr/bin/env bash
        # Grants every program of Quan its rights on Kafka; printed by `quan topics --acls`. It adds rights and removes none.
        # KAFKA is how to connect to the cluster as a user with the right to grant them:
        #   KAFKA="--bootstrap-server kafka:9092 --command-config admin.properties" bash kafka-acls.sh
        set -euo pipefail
        allow() { kafka-acls.sh ${KAFKA:?} --add "$@"; }

        # Every service may list all topics, and create missing ones when it starts.
        \(creation)

        \(all.map(\.calls).joined(separator: "\n\n"))

        """

    private static let creation = call(
        users: all.filter(\.createsTopics).map(\.user), ["Describe", "DescribeConfigs", "Create"],
        PlatformTopic.all.map { "--topic \($0.name)" })

    /// The fewest possible calls, because each call starts a Java program.
    private var calls: String {
        var calls = [
            Self.call(users: [user], ["Read"], reads.map { "--topic \($0)" } + (group.map { ["--group \($0)"] } ?? [])),
            Self.call(users: [user], ["Write"], writes.map { "--topic \($0)" }),
        ]
        if let groupPrefix {
            calls.append(Self.call(users: [user], ["Read"], ["--resource-pattern-type prefixed --group \(groupPrefix)"]))
        }
        return calls.joined(separator: "\n")
    }

    private static func call(users: [String], _ operations: [String], _ resources: [String]) -> String {
        let principals = users.map { "--allow-principal User:\($0)" }
        let first = ["allow"] + (users.count == 1 ? principals : []) + operations.map { "--operation \($0)" }
        return ([first.joined(separator: " ")] + (users.count == 1 ? [] : principals) + resources).joined(separator: " \\\n    ")
    }
}
