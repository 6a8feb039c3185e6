import ArgumentParser
import Foundation
import Kafka

/// `quan broker`
struct Broker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker", abstract: "Runs the one-machine Kafka broker in the foreground.",
        discussion: """
            Starts the broker that an installation on one machine uses, prints its
            address as one line
              QUAN_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:41234
            and runs until it gets SIGINT or SIGTERM.

            It speaks Kafka's protocol over loopback TCP and keeps its log in memory,
            5 MiB a partition: what is older, and everything when it ends, is gone.
            Services republish what is missing from their own databases. It makes no
            topic on request: name those that there are to be. Only for a client that
            has topics made by asking for them, which Quan's do not, it makes one, with
            4 partitions.

            EXAMPLES
              quan broker
              quan broker --brokers 3 --topics toy.commands:12,toy.events:12
              quan broker --with-parent
            """)

    @Option(help: "How many brokers the cluster has.")
    var brokers = 1

    @Option(help: ArgumentHelp("Topics to make, with their numbers of partitions.", valueName: "name:partitions,..."))
    var topics: TopicList = TopicList(topics: [])

    @Flag(help: "End as well when standard input closes, as it does when the process that started this one ends.")
    var withParent = false

    func validate() throws {
        guard (1...9).contains(brokers) else { throw ValidationError("--brokers must be from 1 to 9, not \(brokers)") }
    }

    func run() async throws {
        let end = EndOfService(withParent: withParent)
        let broker = try EmbeddedBroker(brokers: brokers, topics: topics.topics.map { ($0.name, $0.partitions) })
        print("QUAN_KAFKA_BOOTSTRAP_SERVERS=\(broker.bootstrapServers)")
        // The reader may be a pipe, which would hold the line back until the end.
        fflush(nil)
        await end.wait()
        await broker.close()
    }
}
