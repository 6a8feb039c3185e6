import Foundation
import ISO20022

/// How the bank is spoken to.
struct BankOptions: Sendable {
    /// Who pays.
    var payer: BankAccount
    /// How many carriers go to the bank.
    var carriers = 6
    /// How many instructions each of them claims at once.
    var claimAtMost = 4
    /// How long one exchange may take.
    var exchangeDeadline: Duration = .seconds(20)
    /// How long a claim holds: longer than an exchange, so that no two instances speak of one instruction at once.
    var lease: Duration { exchangeDeadline + leaseMargin }
    /// How much longer a claim holds than an exchange may take.
    var leaseMargin: Duration = .seconds(10)
    /// How long after sending the bank must say that it has no such instruction before it is given it again: longer than anything sent can
    /// be on its way.
    var patience: TimeInterval = 60
    /// The pause before an instruction is asked about again: the first, and the longest.
    var firstPause: Duration = .seconds(1)
    /// The longest pause between two questions about one instruction.
    var longestPause: Duration = .seconds(60)
    /// How long the loops rest when there is nothing to do.
    var rest: Duration = .milliseconds(500)
    /// How often the statement is fetched.
    var statementEvery: Duration = .seconds(60)

    /// How old a statement may be and still count as current.
    var statementAgeAtMost: Duration = .seconds(900)
    /// What the bank's own words for the status of an entry mean.
    var statementStatuses: [String: EntryStatus] = [:]
    /// What a statement must be about.
    var statementRules: StatementRules { StatementRules(account: payer.number, proprietaryStatuses: statementStatuses) }

    init(payer: BankAccount) { self.payer = payer }
}
