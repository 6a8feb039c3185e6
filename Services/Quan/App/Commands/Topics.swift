import ArgumentParser
import Foundation
import Kafka
import Messages
import Messaging
import StrictJSON

/// `quan topics`
struct Topics: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics", abstract: "Prints every Kafka topic of the platform with its settings.",
        discussion: """
            Services create missing topics when they start, all in one request. This prints the
            topics that they request, for administrators who create topics or grant access
            manually. It does not connect to a cluster. Writers and readers are services, and
            `quan`, the operator's tool. Each service reads in the consumer group of its name.

            --json prints one JSON array, with the Kafka settings of each topic.

            --acls prints a script that grants each service, and `quan`, the rights it needs on
            a cluster with authentication; see deploy/README.md.

            EXAMPLES
              quan topics
              quan topics --partitions 12 --copies 3
              quan topics --json
              quan topics --acls > kafka-acls.sh
            """)

    @Option(help: "Partitions of a partitioned topic, as QUAN_MESSAGING_TOPIC_PARTITIONS.")
    var partitions = MessagingOptions().partitionsPerTopic

    @Option(help: "Replicas of each partition, as QUAN_MESSAGING_REPLICATION_FACTOR.")
    var copies = MessagingOptions().replicationFactor

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print a script for kafka-acls.sh that grants every program its rights.")
    var acls = false

    func validate() throws {
        guard !json || !acls else { throw ValidationError("--json and --acls exclude each other") }
        var options = MessagingOptions()
        options.partitionsPerTopic = partitions
        options.replicationFactor = copies
        guard let problem = options.problems.first else { return }
        throw ValidationError("--partitions or --copies: \(problem)")
    }

    func run() throws {
        if acls { return print(KafkaRights.script, terminator: "") }
        var options = MessagingOptions()
        options.partitionsPerTopic = partitions
        options.replicationFactor = copies
        let lines = PlatformTopic.all.map { Line($0, KafkaTopic($0, options)) }
        print(json ? try Line.json(lines) : Line.table(lines))
    }

    /// One printed topic.
    struct Line: Codable, Equatable {
        let name: String
        let kind: String
        let partitions: Int
        let copies: Int
        let settings: [String: String]
        let writers: [String]
        let readers: [String]

        init(_ topic: PlatformTopic, _ planned: KafkaTopic) {
            name = topic.name
            kind = topic.kind.rawValue
            partitions = planned.partitions
            copies = planned.replication
            settings = planned.configuration
            writers = topic.writers
            readers = topic.readers
        }

        static func json(_ lines: [Line]) throws -> String {
            String(decoding: try StrictJSON.encode(lines, .prettyPrinted), as: UTF8.self)
        }

        static func table(_ lines: [Line]) -> String {
            let rows =
                [["TOPIC", "PARTITIONS", "COPIES", "RETENTION.MS", "MIN.INSYNC", "WRITTEN BY", "READ BY"]]
                + lines.map { line in
                    [
                        line.name, String(line.partitions), String(line.copies), line.settings["retention.ms"] ?? "",
                        line.settings["min.insync.replicas"] ?? "", line.writers.joined(separator: ","),
                        line.readers.isEmpty ? "(operators)" : line.readers.joined(separator: ","),
                    ]
                }
            let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
            return rows.map { row in
                zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
                    .replacing(/\ +$/, with: "")
            }.joined(separator: "\n")
        }
    }
}
