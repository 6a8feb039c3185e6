import ArgumentParser
import Foundation
import Hummingbird
import Logging

/// A bank for rehearsals and tests.
@main
struct BankSimulator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quan-bank-simulator",
        abstract:
            "A simulated bank: accepts payment instructions over HTTP, with configurable shares of faulty behaviour. It moves no money.")

    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port to listen on; 0 takes a free one, and the first line of output names it.") var port = 8090
    @Option(help: "The file of the bank's journal.") var journal = "bank-simulator.journal"
    @Option(help: "The seed that, with an instruction's id, determines the behaviour.") var seed: UInt64 = 1
    @Option(help: "The share of each behaviour, in hundredths of a percent: reject=1000,delay=500.") var shares = ""
    @Option(help: "How long a delayed instruction takes, in seconds.") var delay = 2.0
    @Option(help: "How long a late answer is delayed, in seconds.") var hold = 30.0
    @Option(help: "The payer's account, for the statement.") var account = "SANDBOX0000000000001"

    func run() async throws {
        guard let shares = Shares(text: shares) else { throw ValidationError("--shares must be like reject=1000,delay=500") }
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
