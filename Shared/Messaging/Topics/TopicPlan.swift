import Kafka
import Messages

/// The topics that a service needs, for comparison with those that exist.
struct TopicPlan: Sendable {
    /// All topics that are created if they are missing.
    let topics: [KafkaTopic]
    /// The names of the topics that the service itself reads or writes. It is not ready without them.
    let needed: Set<String>

    /// A service of the platform creates all topics of the platform; any other service only the topics that it uses.
    init(service: String, uses used: Set<String>, options: MessagingOptions) {
        if PlatformTopic.services.contains(service) {
            topics = PlatformTopic.all.map { KafkaTopic($0, options) }
            needed = Set(PlatformTopic.used(by: service).map(\.name)).union(used)
        } else {
            needed = used
            topics = needed.sorted().map { name in
                let kind: PlatformTopic.Kind = name == Topic.parked(of: service) ? .parked : .commands
                return KafkaTopic(PlatformTopic(name: name, kind: kind, writers: [], readers: []), options)
            }
        }
    }

    /// The topics that do not exist.
    func missing(in found: [String: KafkaTopicDescription]) -> [KafkaTopic] { topics.filter { found[$0.name] == nil } }

    /// Why the service cannot work with these topics, one line per reason; empty if it can. `refusals` has the reasons why topics were not
    /// created.
    func problems(in found: [String: KafkaTopicDescription], refusals: [String: String] = [:]) -> [String] {
        let lacking = needed.filter { found[$0] == nil }.sorted()
        var problems: [String] = []
        for (reason, topics) in Dictionary(grouping: lacking, by: { refusals[$0] }) {
            let names = topics.joined(separator: ", ")
            problems.append(reason.map { "Kafka did not create \(names): \($0)" } ?? "missing topics: \(names)")
        }
        let leaderless = needed.filter { found[$0].map { !$0.hasLeaders } ?? false }.sorted()
        if !leaderless.isEmpty { problems.append("a partition has no leader: \(leaderless.joined(separator: ", "))") }
        for topic in topics where needed.contains(topic.name) {
            guard let found = found[topic.name], found.copies < topic.replication else { continue }
            problems.append(
                "\(topic.name) has \(found.copies) replicas, fewer than messaging.replicationFactor (\(topic.replication)): add replicas "
                    + "with kafka-reassign-partitions, or lower the setting of every service")
        }
        return problems.sorted()
    }

    /// Differences from the plan that do not stop the service, one line each. `settings` are Kafka's topic settings as far as they are
    /// known.
    func differences(in found: [String: KafkaTopicDescription], settings: [String: [String: String]]) -> [String] {
        var lines: [String] = []
        for topic in topics where needed.contains(topic.name) {
            guard let found = found[topic.name] else { continue }
            func compare(_ setting: String, _ actual: String, _ expected: String) {
                if actual != expected { lines.append("\(topic.name): \(setting) is \(actual), expected is \(expected)") }
            }
            compare("partitions", String(found.partitions.count), String(topic.partitions))
            if found.copies > topic.replication { compare("replicas", String(found.copies), String(topic.replication)) }
            for (setting, expected) in topic.configuration.sorted(by: { $0.key < $1.key }) {
                if let actual = settings[topic.name]?[setting] { compare(setting, actual, expected) }
            }
        }
        return lines
    }
}
