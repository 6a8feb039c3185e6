public import Foundation
public import Kernel
public import Messages
import Programme

/// What is known of papers and invoices beyond one redemption.
public struct Surroundings: Sendable {
    /// What the store holds, by hash; a file that is not there is not among them.
    public var files: [ContentHash: PaperFile]
    /// The orders that invoices are already used for.
    public var invoiceOwners: [InvoiceNumber: UUID]
    /// The orders that files were already handed in for.
    public var fileOwners: [ContentHash: UUID]
    /// What is known of receipts that other orders use, and this one.
    public var receipts: ReceiptUses

    /// What is known around a redemption.
    public init(
        files: [ContentHash: PaperFile], invoiceOwners: [InvoiceNumber: UUID] = [:], fileOwners: [ContentHash: UUID] = [:],
        receipts: ReceiptUses = ReceiptUses()
    ) {
        (self.files, self.invoiceOwners, self.fileOwners, self.receipts) = (files, invoiceOwners, fileOwners, receipts)
    }
}

extension Deciding {
    private static let applying = ["apply-redemption", "resubmit-redemption"]

    /// Takes an institution's papers: all of them are there and whole, no invoice counts twice, what they say agrees with each other, with the
    /// order and with the contract as it was recorded.
    public func apply(
        _ command: ApplyRedemption, on redemption: Redemption, by actor: Actor, _ around: Surroundings
    ) throws(Refusal) -> RedemptionChange {
        let step = try step(applyingCommand(redemption), on: redemption, by: actor)
        try mustNotBeDisputed(redemption, at: step)
        guard let contract = redemption.order.contract else {
            throw PlatformRule.stateDoesNotAllow.refusal(under: step.citation).comparing("missing", "contract", .code)
        }
        try checkBounds(command.facts)
        try check(command.papers, at: step, of: redemption.id, facts: redemption.order.facts.merging(command.facts.facts), around)
        try checkDays(command.facts)
        try checkReceipts(command.facts.receipts, of: redemption.id, around.receipts)
        let numbers = try checkInvoices(command.facts.invoices, of: redemption.id, around.invoiceOwners)
        let sum = try calculation(contract, command.facts, reserved: redemption.order.voucherFen)
        var after = redemption
        after.amount = nil
        after.application = Application(
            papers: command.papers, facts: command.facts, contract: contract, calculation: sum.steps, subsidy: sum.subsidy,
            calculated: sum.amount, flags: flags(command, numbers, of: redemption.id, around))
        if after.progress.appliedAt == nil { after.progress.appliedAt = now }
        try refuse(step, facts(after))
        try checkRecord(command.facts.contract, contract)
        return finish(step, on: redemption, becoming: after, by: actor)
    }

    /// The command that leads on from the state: the first application or the mended papers.
    private func applyingCommand(_ redemption: Redemption) -> String {
        let possible = programme.steps(procedure: Self.procedure, from: redemption.state).map(\.command)
        return Self.applying.first(where: possible.contains) ?? Self.applying[0]
    }

    private func checkBounds(_ facts: RedemptionFacts) throws(Refusal) {
        let refunds = facts.refunds ?? []
        try RedemptionBounds.check(facts.receipts.count, "receipts", RedemptionBounds.mostReceipts)
        try RedemptionBounds.check(facts.invoices.count, "invoices", RedemptionBounds.mostInvoices)
        try RedemptionBounds.check(refunds.count, "refunds", RedemptionBounds.mostRefunds)
        let amounts = facts.receipts.map(\.amountFen) + facts.invoices.map(\.totalFen) + refunds.map(\.amountFen)
        for amount in amounts where amount <= .zero {
            throw PlatformRule.amountOutOfRange.refusal().comparing("given", amount)
        }
        let contract = facts.contract
        for amount in [contract.totalFen, contract.priceFen, contract.voucherFen, contract.selfPaidFen].compactMap(\.self)
        where amount < .zero {
            throw PlatformRule.amountOutOfRange.refusal().comparing("given", amount)
        }
    }
}
