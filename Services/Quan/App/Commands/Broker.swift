import ArgumentParser
import Foundation
import Kafka
import UnixSignals

/// `quan broker`
struct Broker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker", abstract: "Runs the embedded Kafka broker in the foreground.",
        discussion: """
            Starts the broker of an installation on one machine, prints its address
            as one line
              QUAN_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:41234
            and runs until SIGINT or SIGTERM.

            It implements Kafka's protocol over loopback TCP and keeps its log in
            memory, 5 MiB a partition: it drops older records, and all records when
            it ends. Services republish missing records from their own databases.
            It rejects requests to create topics: name the topics with --topics. A
            client that requests the metadata of an unknown topic with automatic
            creation, which Quan's clients never do, gets the topic with 4 partitions.

            EXAMPLES
              quan broker
              quan broker --brokers 3 --topics toy.commands:12,toy.events:12
              quan broker --with-parent
            """)

    @Option(help: "The number of brokers in the cluster.")
    var brokers = 1

    @Option(help: ArgumentHelp("The topics to create, with their numbers of partitions.", valueName: "name:partitions,..."))
    var topics: TopicList = TopicList(topics: [])

    @Flag(help: "Also end when standard input closes, which happens when the parent process ends.")
    var withParent = false

    func validate() throws {
        guard (1...9).contains(brokers) else { throw ValidationError("--brokers must be from 1 to 9, not \(brokers)") }
    }

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let broker = try EmbeddedBroker(brokers: brokers, topics: topics.topics.map { ($0.name, $0.partitions) })
        print("QUAN_KAFKA_BOOTSTRAP_SERVERS=\(broker.bootstrapServers)")
        // Output to a pipe is buffered.
        fflush(nil)
        await waitForEnd(signals)
        await broker.close()
    }

    private func waitForEnd(_ signals: UnixSignalsSequence) async {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        Task {
            for await _ in signals { end.yield() }
        }
        if withParent {
            // The read blocks, so it needs its own thread.
            Thread.detachNewThread {
                _ = try? FileHandle.standardInput.readToEnd()
                end.yield()
            }
        }
        for await _ in ends { return }
    }
}
