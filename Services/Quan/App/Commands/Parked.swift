import ArgumentParser
import Foundation
import Messages
import Messaging
import Operations

/// `quan parked`
struct Parked: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parked", abstract: "Lists, shows, redrives and discards parked messages.",
        discussion: """
            A service parks a message that it cannot handle in its database, and parks later
            messages of the same key behind it, up to a limit. Beyond the limit it refuses
            commands, and drops events and requests them again after a redrive. Other keys are not
            affected. Show the message, fix its cause, then redrive it; or discard it, which its
            sender is informed of. Exit code 1 if messages of the key are still parked.

            EXAMPLES
              quan parked list
              quan parked list ordering
              quan parked list ordering --kafka kafka-1:9092
              quan parked show ordering 7
              quan parked redrive ordering 7
              quan parked discard ordering 7 --operator li.na --reason "sent by a test tool"
            """,
        subcommands: [ListMessages.self, ShowMessage.self, Redrive.self, Discard.self])

    /// Selects a parked message.
    struct Row: ParsableArguments {
        @OptionGroup var place: InstallationOption

        @Argument(help: "The service that parked the message.")
        var service: String

        @Argument(help: "The number of the message, as `quan parked list` shows it.")
        var number: Int64

        /// Sends the service a command about the message.
        func ask<C: Command>(_ command: C) async throws -> Outcome {
            let installation = try Installation(place)
            let service = try installation.service(service)
            return try await installation.linked { link in
                try await link.ask(command, of: service.name, key: "parked", within: .seconds(60)).orThrow()
            }
        }
    }

    /// `quan parked list`
    struct ListMessages: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists parked messages.")

        @OptionGroup var place: InstallationOption

        @Argument(help: "The service; all services by default.")
        var service: String?

        func run() async throws {
            let installation = try Installation(place)
            let services = try service.map { [try installation.service($0)] } ?? installation.services
            try await installation.linked { link in
                var found = false
                for service in services {
                    let outcome = try await link.ask(ListParked(), of: service.name, key: "parked", within: .seconds(30)).orThrow()
                    let answer = try outcome.answer(ListParked.Answer.self)
                    for row in answer.rows { print("\(service.name) \(row.summary)") }
                    found = found || answer.total > 0
                    let more = answer.total - Int64(answer.rows.count)
                    if more > 0 { print("\(service.name): \(more) more messages not shown") }
                }
                if !found { print("no message is parked") }
            }
        }
    }

    /// `quan parked show`
    struct ShowMessage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows one message in full.")

        @OptionGroup var row: Row

        func run() async throws {
            let answer = try await row.ask(ShowParked(parkedID: row.number)).answer(ShowParked.Answer.self)
            let later = try await row.ask(ListParked(after: row.number, rowsAtMost: 500)).answer(ListParked.Answer.self)
            let behind = later.rows.count { $0.topic == answer.row.topic && $0.key == answer.row.key }
            print(answer.summary(of: row.service, behind: behind))
        }
    }

    /// `quan parked redrive`
    struct Redrive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "redrive", abstract: "Handles a message and the messages behind it again, in order.")

        @OptionGroup var row: Row

        func run() async throws {
            try await row.ask(RedriveParked(parkedID: row.number)).answer(RedriveAnswer.self).report()
        }
    }

    /// `quan parked discard`
    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard", abstract: "Discards a message for good, then handles the messages behind it.")

        @OptionGroup var row: Row

        @Option(name: .customLong("operator"), help: "The operator's name, for the audit trail.")
        var operatorName: String

        @Option(help: "The reason, for the audit trail and the answer to the sender.")
        var reason: String

        func run() async throws {
            let command = DiscardParked(parkedID: row.number, operatorName: operatorName, reason: reason)
            try await row.ask(command).answer(RedriveAnswer.self).report("\(row.service) \(row.number) discarded; ")
        }
    }
}

/// The result of a redrive.
private struct RedriveAnswer: Decodable {
    let taken: Int
    let stoppedAt: Int64?
    let explanation: String?
    let refused: Int64?
    let askedAgain: Int64?

    /// Prints the result. Throws exit code 1 if messages of the key are still parked.
    func report(_ before: String = "") throws {
        let stop = stoppedAt.map { "; stopped at \($0): \(explanation ?? "")" } ?? explanation.map { "; \($0)" } ?? ""
        let beyond =
            (askedAgain.map { "; \($0) dropped messages are requested again" } ?? "")
            + (refused.map { "; \($0) later commands were refused" } ?? "")
        print("\(before)\(taken == 1 ? "1 message" : "\(taken) messages") handled\(stop)\(beyond)")
        if explanation != nil { throw ExitCode.failure }
    }
}

extension ShowParked.Answer {
    /// A full description of the message.
    fileprivate func summary(of service: String, behind: Int) -> String {
        let waiting = behind == 1 ? "1 message is parked" : "\(behind == 0 ? "no" : "\(behind)") messages are parked"
        let place =
            row.isHead
            ? "blocks its key; \(waiting) behind it" : "is parked behind an earlier message of its key; redrive or discard that one"
        let next =
            row.isHead
            ? "quan parked redrive \(service) \(row.parkedID)\nquan parked discard \(service) \(row.parkedID) --operator NAME --reason TEXT"
            : nil
        let lines =
            [
                "\(service) \(row.parkedID) \(place)\(row.beyond)", "reason: \(row.reason): \(row.explanation)",
                "topic: \(row.topic) partition \(partition) offset \(offset)", "key: \(row.key)",
                "parked: \(row.parkedAt.ISO8601Format()), attempts: \(row.attempts)",
            ] + headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" } + ["\(bodyBytes) bytes:", body ?? "(a null payload)"]
        return (lines + (next.map { ["", $0] } ?? [])).joined(separator: "\n")
    }
}

extension ListParked.Row {
    /// The number of messages beyond the key's limit.
    fileprivate var beyond: String {
        (refused.map { "; \($0) later commands refused" } ?? "")
            + (dropped.map { "; \($0) later messages dropped, to be requested again" } ?? "")
    }

    fileprivate var summary: String {
        "\(parkedID) \(isHead ? "head" : "behind") \(topic) key \(key) \(parkedAt.ISO8601Format()) attempts \(attempts): \(reason): \(explanation)\(beyond)"
    }
}
