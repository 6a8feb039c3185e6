import Messages

/// What a program of the platform needs to be allowed on a Kafka that asks who it is, by the list of topics. A program's user there has
/// its name.
struct KafkaRights: Sendable, Hashable {
    /// The user.
    let user: String
    /// The topics it reads.
    let reads: [String]
    /// The topics it writes to.
    let writes: [String]
    /// The consumer group that its instances share; nil for one that has none.
    let group: String?
    /// How the names of consumer groups begin that an instance has for itself; nil where none has.
    let groupPrefix: String?
    /// Whether it makes topics that are missing.
    let makesTopics: Bool

    /// Every program: the services, and the operator's tool.
    static let all = PlatformTopic.services.map { KafkaRights($0) } + [KafkaRights(PlatformTopic.operatorTool)]

    private init(_ user: String) {
        let isService = PlatformTopic.services.contains(user)
        self.user = user
        reads = PlatformTopic.all.filter { $0.readers.contains(user) }.map(\.name)
        writes = PlatformTopic.all.filter { $0.writers.contains(user) }.map(\.name)
        group = isService ? user : nil
        // Whoever waits for answers reads them with each instance, in a group that begins with the client's id.
        groupPrefix = reads.contains(Topic.replies) ? user + "-" : nil
        makesTopics = isService
    }
}

extension KafkaRights {
    /// A script for bash that gives all of them their rights, with Kafka's own `kafka-acls.sh`.
    static let script = """
        #!/usr/bin/env bash
        # Gives every program of Quan its rights on Kafka; printed by `quan topics --acls`. It adds rights and takes none away.
        # KAFKA says how to reach the cluster as somebody who may give them:
        #   KAFKA="--bootstrap-server kafka:9092 --command-config admin.properties" bash kafka-acls.sh
        set -euo pipefail
        allow() { kafka-acls.sh ${KAFKA:?} --add "$@"; }

        # Services look for all topics, and whoever comes first makes those that are missing.
        \(making)

        \(all.map(\.calls).joined(separator: "\n\n"))

        """

    private static let making = call(
        users: all.filter(\.makesTopics).map(\.user), ["Describe", "DescribeConfigs", "Create"],
        PlatformTopic.all.map { "--topic \($0.name)" })

    /// As few calls as there can be: each starts a program of Java's.
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
