import ArgumentParser
import Foundation
import Messages
import Messaging

/// `quan ledger`
struct Ledger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Checks the quota ledger.",
        discussion: """
            `check` has ordering go through its whole ledger: for each unit every pair of postings
            sums to nothing, balances equal the sum of their transfers, nothing is both posted and
            voided, and no reservation ever passed the limit of its moment. It prints the counts and
            every violation. Exit code 1 when there is one.

            EXAMPLES
              quan ledger check
              quan ledger check --kafka kafka-1:9092
            """,
        subcommands: [Check.self])

    /// `quan ledger check`
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "check", abstract: "Goes through the whole ledger.")

        @OptionGroup var place: InstallationOption

        func run() async throws {
            let installation = try Installation(place)
            let report = try await installation.linked { link in
                try await link.ask(CheckLedger(), key: "ledger", within: .seconds(300)).orComplain().answer(LedgerReport.self)
            }
            print(report.told)
            if !report.violations.isEmpty { throw ExitCode.failure }
        }
    }
}
