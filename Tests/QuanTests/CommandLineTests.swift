import ArgumentParser
import Foundation
import Kafka
import Logging
import Subprocess
import SystemPackage
import Testing

@testable import quan

@Suite("Operator's command line")
struct CommandLineTests {
    @Test("help lists every command and those of the script, with examples and exit codes")
    func help() async throws {
        let result = try await Command.run(Command.quan, ["--help"])
        #expect(result.status == 0)
        for word in [
            "up", "status", "programme", "ledger", "audit", "parked", "outbox", "clock", "migrate", "topics", "broker", "version",
            "./quan demo", "./quan test", "./quan bench", "EXAMPLES", "EXIT CODES",
        ] {
            #expect(result.output.contains(word), "\(word)")
        }
    }

    @Test("every command has an abstract, a discussion and examples")
    func helpOfCommands() {
        for command in Quan.configuration.subcommands {
            #expect(!command.configuration.abstract.isEmpty, "\(command)")
            #expect(command.configuration.discussion.contains("EXAMPLES\n  quan \(command.configuration.commandName ?? "?")"), "\(command)")
        }
    }

    @Test("help of the demonstration shows its usage, options and examples as those of quan demo")
    func helpOfDemonstration() async throws {
        let result = try await Command.run(Command.demo, ["--help"])
        #expect(result.status == 0)
        for text in [
            "USAGE: quan demo [--seed <seed>]", "EXAMPLES\n  quan demo\n", "--json <file>", "--kill <part,...>", "--twice <service,...>",
        ] {
            #expect(result.output.contains(text), "\(text)")
        }
        #expect(try await Command.run(Command.demo, ["--version"]).output == "quan 0.1.0\n")
    }

    @Test("the command demo is refused with 64, and the message names the script and the program of the demonstration")
    func demonstration() async throws {
        let result = try await Command.run(Command.quan, ["demo", "--tiny"])
        #expect(result.status == 64)
        #expect(result.errors == "quan: the demonstration is ./quan demo in the repository, or the program quan-demo\n")
        #expect(result.output.isEmpty)
    }

    @Test("version prints one line", arguments: [["version"], ["--version"]])
    func version(arguments: [String]) async throws {
        let result = try await Command.run(Command.quan, arguments)
        #expect(result.status == 0)
        #expect(result.output == "quan 0.1.0\n")
    }

    @Test("an unknown command is refused with 64, and the most similar command is suggested")
    func unknownCommand() async throws {
        let result = try await Command.run(Command.quan, ["brokre"])
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("quan: there is no command 'brokre'; did you mean 'broker'?\n"))
        let other = try await Command.run(Command.quan, ["xyz"])
        #expect(other.status == 64)
        #expect(other.errors.hasPrefix("quan: there is no command 'xyz'\ncommands: audit, backup, broker, clauses, clock, help, "))
    }

    @Test(
        "a bad option is refused with 64",
        arguments: [["broker", "--brokers", "0"], ["broker", "--topics", "a b"], ["broker", "--nothing"]])
    func badOptions(arguments: [String]) async throws {
        #expect(try await Command.run(Command.quan, arguments).status == 64)
    }

    @Test("a bad option of the demonstration is refused with 64", arguments: [["--tiny", "--small"], ["--port", "70000"], ["--nothing"]])
    func badOptionsOfDemonstration(arguments: [String]) async throws {
        #expect(try await Command.run(Command.demo, arguments).status == 64)
    }

    @Test("topics are parsed with their partitions; the default is four")
    func topics() {
        let list = TopicList(argument: "toy.commands:12,toy_events")
        #expect(list?.topics == [.init(name: "toy.commands", partitions: 12), .init(name: "toy_events", partitions: 4)])
    }

    @Test(
        "a malformed list of topics is refused",
        arguments: ["", "a,", "a:0", "a:-1", "a:1001", "a:1:2", "a b", "..", "a:x", "a,a", "券", String(repeating: "a", count: 250)])
    func notTopics(text: String) {
        #expect(TopicList(argument: text) == nil)
    }

    @Test("the broker prints its address, serves its topics, and ends when its parent's pipe closes")
    func broker() async throws {
        let result = try await Subprocess.run(
            .path(FilePath(Command.quan)), arguments: ["broker", "--topics", "toy.events:3", "--with-parent"], input: .inputWriter,
            output: .sequence, error: .discarded
        ) { execution in
            let line = try await execution.standardOutput.strings().first { _ in true }
            let address = try #require(line?.wholeMatch(of: /QUAN_KAFKA_BOOTSTRAP_SERVERS=(127\.0\.0\.1:\d+)/)?.1)
            let producer = try KafkaProducer(
                KafkaConfiguration(bootstrapServers: String(address), clientID: "test"), options: KafkaProducerOptions(),
                logger: Logger(label: "test"))
            #expect(try await producer.partitionCount(of: "toy.events", deadline: .seconds(60)) == 3)
            await producer.close(deadline: .seconds(10))
            try await execution.standardInputWriter.finish()
        }
        #expect(result.terminationStatus == .exited(0))
    }

    @Test("the broker ends with 0 after SIGINT or SIGTERM", arguments: [SIGINT, SIGTERM])
    func endedBroker(signal: Int32) async throws {
        let result = try await Subprocess.run(
            .path(FilePath(Command.quan)), arguments: ["broker"], input: .none, output: .sequence, error: .discarded
        ) { execution in
            _ = try await execution.standardOutput.strings().first { _ in true }
            try execution.send(signal: .init(rawValue: signal))
        }
        #expect(result.terminationStatus == .exited(0))
    }
}
