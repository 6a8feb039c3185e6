import ArgumentParser
import Foundation
import Messages
import Messaging
import Operations

/// `quan ledger`
struct Ledger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Checks the quota ledger.",
        discussion: """
            `check` makes ordering verify its whole ledger: the two sides of every transfer sum to
            zero in each unit, balances equal the sums of their transfers, no reservation is both
            posted and voided, and no reservation exceeded the limit in force at its time. It prints
            the counts and every violation. Exit code 1 if there is a violation.

            EXAMPLES
              quan ledger check
              quan ledger check --kafka kafka-1:9092
            """,
        subcommands: [Check.self])

    /// `quan ledger check`
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "check", abstract: "Verifies the whole ledger.")

        @OptionGroup var place: InstallationOption

        func run() async throws {
            let installation = try Installation(place)
            let report = try await installation.linked { link in
                try await link.ask(CheckLedger(), key: "ledger", within: .seconds(300)).orThrow().answer(LedgerReport.self)
            }
            print(report.summary)
            if !report.violations.isEmpty { throw ExitCode.failure }
        }
    }
}
