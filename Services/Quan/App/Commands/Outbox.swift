import ArgumentParser
import Foundation
import Messages
import Messaging
import Operations

/// `quan outbox`
struct Outbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "Makes a service republish records.",
        discussion: """
            Services request missing records from each other. This command serves readers that
            cannot, such as a new tool. Services ignore records that they have already handled.

            EXAMPLES
              quan outbox republish ordering ordering.events
              quan outbox republish ordering ordering.events --after 120
              quan outbox republish ordering ordering.events --kafka kafka-1:9092
            """,
        subcommands: [Republish.self])

    /// `quan outbox republish`
    struct Republish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "republish", abstract: "Republishes records of a topic.")

        @OptionGroup var place: InstallationOption

        @Argument(help: "The service that published the records.")
        var service: String

        @Argument(help: "The topic.")
        var topic: String

        @Option(help: "Republish the records after this number in each shard.")
        var after: Int64 = 0

        @Option(help: "The maximum number of records a shard; the service has its own maximum.")
        var records = 5000

        func run() async throws {
            let installation = try Installation(place)
            let service = try installation.service(service)
            let places = (0..<Shard.count).map { Messages.Republish.Place(shard: $0, after: after) }
            let command = Messages.Republish(topic: topic, places: places, recordsAtMost: records)
            _ = try await installation.linked { link in
                try await link.ask(command, of: service.name, key: "republish", within: .seconds(60)).orThrow()
            }
            print(
                "\(service.name) republishes \(topic) from number \(after + 1) in each of \(Shard.count) shards, at most \(records) records a shard"
            )
        }
    }
}
