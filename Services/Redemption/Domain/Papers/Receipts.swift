public import Foundation
public import Kernel
public import Messages
import Programme

/// What makes a payment the same payment as another: day, amount and both names, however these are spaced or wide.
public struct ReceiptLikeness: Sendable, Hashable {
    /// The day.
    public let paidOn: CalendarDate
    /// The amount.
    public let amountFen: Fen
    /// The payer's name, in its plain form.
    public let payer: String
    /// The payee's name, in its plain form.
    public let payee: String

    /// A likeness as it was taken down.
    public init(paidOn: CalendarDate, amountFen: Fen, payer: String, payee: String) {
        (self.paidOn, self.amountFen, self.payer, self.payee) = (paidOn, amountFen, payer, payee)
    }
}

/// Which orders receipts are used for, as far as one batch asks.
public struct ReceiptUses: Sendable {
    /// The orders by the slips' numbers.
    public var numbers: [String: UUID]
    /// The orders by what receipts look like.
    public var alike: [ReceiptLikeness: Set<UUID>]

    /// Nothing is used, or these are.
    public init(numbers: [String: UUID] = [:], alike: [ReceiptLikeness: Set<UUID>] = [:]) {
        (self.numbers, self.alike) = (numbers, alike)
    }
}

extension ReceiptReading {
    /// What it looks like.
    public var likeness: ReceiptLikeness {
        ReceiptLikeness(paidOn: paidOn, amountFen: amountFen, payer: Self.plain(payerName), payee: Self.plain(payeeName))
    }

    /// The slip's number as it is compared: letters and digits only, capital, not full-width. Nil where none is given.
    public var slipNumber: String? {
        let plain = String(
            Self.plain(number ?? "").unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil })
        return plain.isEmpty ? nil : plain
    }

    private static func plain(_ text: String) -> String {
        String(text.precomposedStringWithCompatibilityMapping.uppercased().filter { !$0.isWhitespace })
    }
}

extension Deciding {
    /// Refuses a receipt that is handed in twice (QUAN-39): a slip's number that counts already, here or in another redemption, or two payments
    /// alike that do not each have a number of their own.
    func checkReceipts(_ receipts: [ReceiptReading], of id: UUID, _ uses: ReceiptUses) throws(Refusal) {
        var numbers: Set<String> = []
        for receipt in receipts {
            guard let number = receipt.slipNumber else { continue }
            guard uses.numbers[number] ?? id == id, numbers.insert(number).inserted else { throw usedTwice(receipt) }
        }
        for (_, alike) in Dictionary(grouping: receipts, by: \.likeness) where alike.count > 1 {
            if let bare = alike.first(where: { $0.slipNumber == nil }) { throw usedTwice(bare) }
        }
    }

    /// What a reviewer should look at: a receipt without a number that looks like one of another order, and money that was paid back.
    func receiptFlags(_ facts: RedemptionFacts, of id: UUID, _ uses: ReceiptUses) -> [RedemptionFlag] {
        var flags = facts.receipts.compactMap { receipt -> RedemptionFlag? in
            let others = (uses.alike[receipt.likeness] ?? []).subtracting([id])
            guard receipt.slipNumber == nil, !others.isEmpty else { return nil }
            return RedemptionFlag(
                kind: "receipt-alike-elsewhere",
                text: LocalisedText(
                    zh: "\(receipt.paidOn) 的收款 \(receipt.amountFen) 元与另外 \(others.count) 笔订单的收款相同，且未填回单编号。",
                    en:
                        "The receipt of \(receipt.paidOn) over \(receipt.amountFen) looks like one of \(others.count) other orders and has no number."
                ))
        }
        if let refunds = facts.refunds, !refunds.isEmpty {
            flags.append(
                RedemptionFlag(
                    kind: "refund-stated",
                    text: LocalisedText(
                        zh: "申报了 \(refunds.count) 笔退款，请核对退款凭证。",
                        en: "\(refunds.count) payments back are stated: look at their proof.")))
        }
        return flags
    }

    private func usedTwice(_ receipt: ReceiptReading) -> Refusal {
        PlatformRule.receiptUsedTwice.refusal(under: programme.document("receipt")?.citation ?? .none)
            .comparing("paidOn", receipt.paidOn.description, .date).comparing("amount", receipt.amountFen)
            .comparing("number", receipt.number ?? "-", .code)
    }
}
