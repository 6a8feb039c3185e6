import ArgumentParser
import Foundation
import Messages
import Messaging

/// `quan outbox`
struct Outbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "Has a service publish again what it published before.",
        discussion: """
            Services ask each other for what they miss; this is for readers that cannot ask, such as
            a new tool. Readers pass over what they have.

            EXAMPLES
              quan outbox republish ordering ordering.events
              quan outbox republish ordering ordering.events --after 120
              quan outbox republish ordering ordering.events --kafka kafka-1:9092
            """,
        subcommands: [Republish.self])

    /// `quan outbox republish`
    struct Republish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "republish", abstract: "Publishes records of a topic again.")

        @OptionGroup var place: InstallationOption

        @Argument(help: "The service that wrote them.")
        var service: String

        @Argument(help: "The topic.")
        var topic: String

        @Option(help: "Records behind this number of each shard.")
        var after: Int64 = 0

        @Option(help: "At most this many records a shard; the service has a bound of its own.")
        var records = 5000

        func run() async throws {
            let installation = try Installation(place)
            let service = try installation.service(service)
            let places = (0..<Shard.count).map { Messages.Republish.Place(shard: $0, after: after) }
            let command = Messages.Republish(topic: topic, places: places, recordsAtMost: records)
            _ = try await installation.linked { link in
                try await link.ask(command, of: service.name, key: "republish", within: .seconds(60)).orComplain()
            }
            print(
                "\(service.name) publishes \(topic) again, from number \(after + 1) of each of the \(Shard.count) shards, at most \(records) records a shard"
            )
        }
    }
}
