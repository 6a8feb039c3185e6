import Foundation
import ISO20022

/// Options of the communication with the bank.
struct BankOptions: Sendable {
    /// The account that payments leave.
    var payer: BankAccount
    /// How many workers send instructions.
    var workers = 6
    /// How many instructions a worker claims at once.
    var claimLimit = 4
    /// The timeout of one exchange.
    var exchangeDeadline: Duration = .seconds(20)
    /// The lease of a claim: longer than an exchange, so that two instances never handle one instruction at the same time.
    var lease: Duration { exchangeDeadline + leaseMargin }
    /// The difference between lease and timeout.
    var leaseMargin: Duration = .seconds(10)
    /// Seconds. An instruction is sent again only if the bank reports it as unknown at least this long after it was sent, because an
    /// earlier request may still be on its way.
    var patience: TimeInterval = 60
    /// The first pause between two status queries about one instruction; it doubles.
    var firstQueryPause: Duration = .seconds(1)
    /// The longest pause between two status queries about one instruction.
    var maximumQueryPause: Duration = .seconds(60)
    /// The pause of the loops when nothing is due.
    var idlePause: Duration = .milliseconds(500)
    /// How often the statement is fetched.
    var statementEvery: Duration = .seconds(60)

    /// How old a statement may be and still count as current.
    var statementAgeAtMost: Duration = .seconds(900)
    /// The meaning of the bank's proprietary entry statuses.
    var statementStatuses: [String: EntryStatus] = [:]
    /// The rules a statement is checked against.
    var statementRules: StatementRules { StatementRules(account: payer.number, proprietaryStatuses: statementStatuses) }

    init(payer: BankAccount) { self.payer = payer }
}
