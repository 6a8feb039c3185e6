import ArgumentParser
import Foundation
import Hummingbird
import Logging

/// A bank for rehearsals and tests.
@main
struct BankSimulator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quan-bank-simulator",
        abstract: "A bank that takes payment instructions over HTTP and behaves well or badly, by shares. It moves no money.")

    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port to listen on; 0 takes a free one, and the first line of output says which.") var port = 8090
    @Option(help: "The file it keeps its book in.") var journal = "bank-simulator.journal"
    @Option(help: "What decides, with an instruction's id, what is done with it.") var seed: UInt64 = 1
    @Option(help: "How often it does what, in hundredths of a percent: reject=1000,delay=500.") var shares = ""
    @Option(help: "How long a delayed instruction takes, in seconds.") var delay = 2.0
    @Option(help: "How long a late answer is held back, in seconds.") var hold = 30.0
    @Option(help: "The payer's account, for the statement.") var account = "0200000000000000000"

    func run() async throws {
        guard let shares = Shares(text: shares) else { throw ValidationError("--shares reads like reject=1000,delay=500") }
        let bank = try Bank(journal: journal, seed: seed, shares: shares, delay: delay)
        let server = BankServer(bank: bank, hold: .seconds(hold), account: account)
        var logger = Logger(label: "bank-simulator")
        logger.logLevel = .warning
        let application = server.application(host: host, port: port, logger: logger) { port in
            FileHandle.standardOutput.write(Data("listening on \(port)\n".utf8))
        }
        try await application.runService()
    }
}
