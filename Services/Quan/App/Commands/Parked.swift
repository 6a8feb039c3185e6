import ArgumentParser
import Foundation
import Messages
import Messaging

/// `quan parked`
struct Parked: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parked", abstract: "Looks at messages that were set aside, and decides on them.",
        discussion: """
            A message that a service cannot take is set aside in its database, and what comes
            later under the same key waits behind it, up to a bound: beyond it commands are
            refused, and events are dropped and asked for again when the key goes on. Other keys
            go on. Look at it, mend what is wrong, then redrive it; or discard it, which its
            sender is told. Exit code 1 when something is left under the key.

            EXAMPLES
              quan parked list
              quan parked list ordering
              quan parked list ordering --kafka kafka-1:9092
              quan parked show ordering 7
              quan parked redrive ordering 7
              quan parked discard ordering 7 --operator li.na --reason "sent by a test tool"
            """,
        subcommands: [ListThem.self, ShowOne.self, Redrive.self, Discard.self])

    /// Which message.
    struct Row: ParsableArguments {
        @OptionGroup var place: InstallationOption

        @Argument(help: "The service that has set it aside.")
        var service: String

        @Argument(help: "The number of the message, as `quan parked list` shows it.")
        var number: Int64

        /// Asks the service about it.
        func ask<C: Command>(_ command: C) async throws -> Outcome {
            let installation = try Installation(place)
            let service = try installation.service(service)
            return try await installation.linked { link in
                try await link.ask(command, of: service.name, key: "parked", within: .seconds(60)).orComplain()
            }
        }
    }

    /// `quan parked list`
    struct ListThem: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists what is set aside.")

        @OptionGroup var place: InstallationOption

        @Argument(help: "The service; all when not said.")
        var service: String?

        func run() async throws {
            let installation = try Installation(place)
            let services = try service.map { [try installation.service($0)] } ?? installation.services
            try await installation.linked { link in
                var found = false
                for service in services {
                    let outcome = try await link.ask(ListParked(), of: service.name, key: "parked", within: .seconds(30)).orComplain()
                    let answer = try outcome.answer(ListParked.Answer.self)
                    for row in answer.rows { print("\(service.name) \(row.told)") }
                    found = found || answer.total > 0
                    let more = answer.total - Int64(answer.rows.count)
                    if more > 0 { print("\(service.name): \(more) more behind these") }
                }
                if !found { print("nothing is set aside") }
            }
        }
    }

    /// `quan parked show`
    struct ShowOne: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows one message as a whole.")

        @OptionGroup var row: Row

        func run() async throws {
            let answer = try await row.ask(ShowParked(parkedID: row.number)).answer(ShowParked.Answer.self)
            let later = try await row.ask(ListParked(after: row.number, rowsAtMost: 500)).answer(ListParked.Answer.self)
            let behind = later.rows.count { $0.topic == answer.row.topic && $0.key == answer.row.key }
            print(answer.told(by: row.service, behind: behind))
        }
    }

    /// `quan parked redrive`
    struct Redrive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "redrive", abstract: "Takes a message, and what waits behind it, once more and in order.")

        @OptionGroup var row: Row

        func run() async throws {
            try await row.ask(RedriveParked(parkedID: row.number)).answer(RedriveAnswer.self).tell()
        }
    }

    /// `quan parked discard`
    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard", abstract: "Gives a message up for good, then takes what waits behind it.")

        @OptionGroup var row: Row

        @Option(name: .customLong("operator"), help: "Who decides so; it stands in the audit trail.")
        var operatorName: String

        @Option(help: "Why; it stands in the audit trail and in the answer to the sender.")
        var reason: String

        func run() async throws {
            let command = DiscardParked(parkedID: row.number, operatorName: operatorName, reason: reason)
            try await row.ask(command).answer(RedriveAnswer.self).tell("\(row.service) \(row.number) given up; ")
        }
    }
}

/// How a redrive ended.
private struct RedriveAnswer: Decodable {
    let taken: Int
    let stoppedAt: Int64?
    let explanation: String?
    let refused: Int64?
    let askedAgain: Int64?

    /// Tells it. Exit code 1 where something is left under the key.
    func tell(_ before: String = "") throws {
        let stop = stoppedAt.map { "; stopped at \($0): \(explanation ?? "")" } ?? explanation.map { "; \($0)" } ?? ""
        let beyond =
            (askedAgain.map { "; \($0) that were dropped meanwhile are asked for again" } ?? "")
            + (refused.map { "; \($0) later commands were refused" } ?? "")
        print("\(before)\(taken == 1 ? "1 message" : "\(taken) messages") taken\(stop)\(beyond)")
        if explanation != nil { throw ExitCode.failure }
    }
}

extension ShowParked.Answer {
    /// Everything that is known of it.
    fileprivate func told(by service: String, behind: Int) -> String {
        let waiting = behind == 1 ? "1 message waits" : "\(behind == 0 ? "no" : "\(behind)") messages wait"
        let place = row.isHead ? "holds its key up; \(waiting) behind it" : "waits behind an earlier message of its key, which decides"
        let next =
            row.isHead
            ? "quan parked redrive \(service) \(row.parkedID)\nquan parked discard \(service) \(row.parkedID) --operator NAME --reason TEXT"
            : nil
        let lines =
            [
                "\(service) \(row.parkedID) \(place)\(row.beyond)", "reason: \(row.reason): \(row.explanation)",
                "topic: \(row.topic) partition \(partition) offset \(offset)", "key: \(row.key)",
                "set aside: \(row.parkedAt.ISO8601Format()), tried \(row.attempts)",
            ] + headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" } + ["\(bodyBytes) bytes:", body ?? "(a null payload)"]
        return (lines + (next.map { ["", $0] } ?? [])).joined(separator: "\n")
    }
}

extension ListParked.Row {
    /// What came when the key had as many rows as are allowed.
    fileprivate var beyond: String {
        (refused.map { "; \($0) later commands refused" } ?? "")
            + (dropped.map { "; \($0) later messages dropped, to be asked for again" } ?? "")
    }

    fileprivate var told: String {
        "\(parkedID) \(isHead ? "head" : "behind") \(topic) key \(key) \(parkedAt.ISO8601Format()) tried \(attempts): \(reason): \(explanation)\(beyond)"
    }
}
