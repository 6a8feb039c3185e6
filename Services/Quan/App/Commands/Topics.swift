import ArgumentParser
import Foundation
import Kafka
import Messages
import Messaging

/// `quan topics`
struct Topics: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics", abstract: "Prints every Kafka topic of the platform, and how it is wanted.",
        discussion: """
            Services make the topics that are missing when they start, all in one request. This
            prints what they ask for, for whoever makes topics or grants access by hand. It
            looks at no cluster. Written and read by: services, each under its own name, and
            `quan`, the operator's tool. Each service reads as the Kafka group of its name.

            --json prints the same as one JSON array, with Kafka's settings of each topic.

            --acls prints a script that gives each service, and `quan`, the rights it needs, on
            a cluster that asks who it is; deploy/README.md tells how it is run.

            EXAMPLES
              quan topics
              quan topics --partitions 12 --copies 3
              quan topics --json
              quan topics --acls > kafka-acls.sh
            """)

    @Option(help: "Partitions of a topic that is shared out, as QUAN_MESSAGING_TOPIC_PARTITIONS.")
    var partitions = MessagingOptions().partitionsATopic

    @Option(help: "Copies of each partition, as QUAN_MESSAGING_REPLICATION_FACTOR.")
    var copies = MessagingOptions().replicationFactor

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print a script of Kafka's own tool that gives every program its rights.")
    var acls = false

    func validate() throws {
        guard !json || !acls else { throw ValidationError("--json and --acls exclude each other") }
        var options = MessagingOptions()
        options.partitionsATopic = partitions
        options.replicationFactor = copies
        guard let problem = options.problems.first else { return }
        throw ValidationError("--partitions or --copies: \(problem)")
    }

    func run() throws {
        if acls { return print(KafkaRights.script, terminator: "") }
        var options = MessagingOptions()
        options.partitionsATopic = partitions
        options.replicationFactor = copies
        let lines = PlatformTopic.all.map { Line($0, KafkaTopic($0, options)) }
        print(json ? try Line.json(lines) : Line.table(lines))
    }

    /// A topic as it is printed.
    struct Line: Codable, Equatable {
        let name: String
        let kind: String
        let partitions: Int
        let copies: Int
        let settings: [String: String]
        let writers: [String]
        let readers: [String]

        init(_ topic: PlatformTopic, _ wanted: KafkaTopic) {
            name = topic.name
            kind = topic.kind.rawValue
            partitions = wanted.partitions
            copies = wanted.replication
            settings = wanted.configuration
            writers = topic.writers
            readers = topic.readers
        }

        static func json(_ lines: [Line]) throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(lines), as: UTF8.self)
        }

        static func table(_ lines: [Line]) -> String {
            let rows =
                [["TOPIC", "PARTITIONS", "COPIES", "RETENTION.MS", "MIN.INSYNC", "WRITTEN BY", "READ BY"]]
                + lines.map { line in
                    [
                        line.name, String(line.partitions), String(line.copies), line.settings["retention.ms"] ?? "",
                        line.settings["min.insync.replicas"] ?? "", line.writers.joined(separator: ","),
                        line.readers.isEmpty ? "(people)" : line.readers.joined(separator: ","),
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
