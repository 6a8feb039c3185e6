import Kafka
import Messages

/// The topics that a service needs, held against those that Kafka shows.
struct TopicPlan: Sendable {
    /// All that are made where they are missing.
    let wanted: [KafkaTopic]
    /// The names of those that the service itself reads or writes. It is not ready without them.
    let needed: Set<String>

    /// A service of the platform has all topics of the platform made, whoever comes first; another service its own.
    init(service: String, uses topics: Set<String>, options: MessagingOptions) {
        if PlatformTopic.services.contains(service) {
            wanted = PlatformTopic.all.map { KafkaTopic($0, options) }
            needed = Set(PlatformTopic.used(by: service).map(\.name)).union(topics)
        } else {
            needed = topics
            wanted = needed.sorted().map { name in
                let kind: PlatformTopic.Kind = name == Topic.parked(of: service) ? .parked : .commands
                return KafkaTopic(PlatformTopic(name: name, kind: kind, writers: [], readers: []), options)
            }
        }
    }

    /// Those that Kafka does not show.
    func missing(in found: [String: KafkaTopicDescription]) -> [KafkaTopic] { wanted.filter { found[$0.name] == nil } }

    /// Why the service cannot work with these topics, a line each; empty when it can. `refusals` says why topics could not be made.
    func problems(in found: [String: KafkaTopicDescription], refusals: [String: String] = [:]) -> [String] {
        let lacking = needed.filter { found[$0] == nil }.sorted()
        var problems: [String] = []
        for (reason, topics) in Dictionary(grouping: lacking, by: { refusals[$0] }) {
            let names = topics.joined(separator: ", ")
            problems.append(reason.map { "Kafka did not make \(names): \($0)" } ?? "not there yet: \(names)")
        }
        let leaderless = needed.filter { found[$0].map { !$0.isLed } ?? false }.sorted()
        if !leaderless.isEmpty { problems.append("a partition has no leader: \(leaderless.joined(separator: ", "))") }
        for topic in wanted where needed.contains(topic.name) {
            guard let found = found[topic.name], found.copies < topic.replication else { continue }
            problems.append(
                "\(topic.name) has \(found.copies) copies, fewer than messaging.replicationFactor, which is \(topic.replication): give it more "
                    + "with kafka-reassign-partitions, or lower the setting of every service")
        }
        return problems.sorted()
    }

    /// What is otherwise than wanted and does not keep the service from its work, a line each. `settings` are Kafka's, where they are known.
    func differences(in found: [String: KafkaTopicDescription], settings: [String: [String: String]]) -> [String] {
        var lines: [String] = []
        for topic in wanted where needed.contains(topic.name) {
            guard let found = found[topic.name] else { continue }
            func note(_ setting: String, _ has: String, _ wanted: String) {
                if has != wanted { lines.append("\(topic.name): \(setting) is \(has), wanted is \(wanted)") }
            }
            note("partitions", String(found.partitions.count), String(topic.partitions))
            if found.copies > topic.replication { note("copies", String(found.copies), String(topic.replication)) }
            for (setting, wanted) in topic.configuration.sorted(by: { $0.key < $1.key }) {
                if let has = settings[topic.name]?[setting] { note(setting, has, wanted) }
            }
        }
        return lines
    }
}
