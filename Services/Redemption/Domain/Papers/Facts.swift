import Foundation
import Kernel
import Messages
import Programme

extension Deciding {
    /// All that rules may ask of a redemption.
    func facts(_ redemption: Redemption) -> Facts {
        var facts = redemption.order.facts
        if let application = redemption.application {
            let price = application.facts.contract.priceFen ?? application.recordedPrice
            facts = facts.merging(application.facts.facts).with("contract", "price", .amount(price))
        }
        let applied = redemption.progress.appliedAt.flatMap { try? BeijingTime.date(at: $0) }
        return
            facts
            .with("redemption", "appliedOn", applied.map { .date($0) })
            .with("redemption", "amount", redemption.amount.map { .amount($0) })
            .with("redemption", "decidedOn", (try? BeijingTime.date(at: now)).map { .date($0) })
    }
}

extension Application {
    /// The price by the product's unit as it is recorded: where the record has none, the total, of one year where the service runs longer.
    fileprivate var recordedPrice: Fen {
        contract.priceFen ?? calculation.last { $0.name == "averaging" }?.resultFen ?? contract.totalFen
    }
}

extension OrderSnapshot {
    var facts: Facts {
        Facts()
            .with("order", "number", .text(number))
            .with("order", "placedOn", (try? BeijingTime.date(at: placedAt)).map { .date($0) })
            .with("order", "firstPlacedOn", .date(firstPlacedOn)).with("order", "productName", .text(productName))
            .with("order", "voucher", .amount(voucherFen)).with("order", "enterpriseName", .text(enterpriseName))
            .with("order", "institutionName", .text(institutionName)).with("order", "isRated", .flag(stars != nil))
            .with("product", "name", .text(productName)).with("product", "guideLow", .amount(guideLowFen))
            .with("product", "guideHigh", .amount(guideHighFen)).with("order", "guideLow", .amount(guideLowFen))
            .with("order", "guideHigh", .amount(guideHighFen)).with("enterprise", "name", .text(enterpriseName))
            .with("institution", "name", .text(institutionName))
    }
}

extension RedemptionFacts {
    /// What the papers say. Of several receipts or invoices: their total, the first day, and every name that stands on one, so that one that is
    /// not the party's shows.
    var facts: Facts {
        contract.facts
            .with("receipt", "total", Self.total(receipts.map(\.amountFen)))
            .with("receipt", "firstPaidOn", receipts.map(\.paidOn).min().map { .date($0) })
            .with("receipt", "payerName", Self.names(receipts.map(\.payerName)))
            .with("receipt", "payeeName", Self.names(receipts.map(\.payeeName)))
            .with("receipt", "net", net)
            .with("refund-proof", "total", Self.total((refunds ?? []).map(\.amountFen)))
            .with("refund-proof", "firstPaidOn", (refunds ?? []).map(\.paidOn).min().map { .date($0) })
            .with("refund-proof", "payerName", Self.names((refunds ?? []).map(\.payerName)))
            .with("refund-proof", "payeeName", Self.names((refunds ?? []).map(\.payeeName)))
            .with("invoice", "total", Self.total(invoices.map(\.totalFen)))
            .with("invoice", "firstIssuedOn", invoices.map(\.issuedOn).min().map { .date($0) })
            .with("invoice", "number", Self.names(invoices.map(\.number)))
            .with("invoice", "buyerName", Self.names(invoices.map(\.buyerName)))
            .with("invoice", "sellerName", Self.names(invoices.map(\.sellerName)))
    }

    /// What the enterprise has paid after all: the receipts less what was paid back.
    private var net: FactValue? {
        guard !receipts.isEmpty, let paid = try? Fen.sum(receipts.map(\.amountFen)),
            let back = try? Fen.sum((refunds ?? []).map(\.amountFen)), let net = try? paid.subtracting(back)
        else { return nil }
        return .amount(net)
    }

    /// Nil where there is none, or more than fits: then it is not known, and whatever asks for it refuses.
    private static func total(_ amounts: [Fen]) -> FactValue? {
        guard !amounts.isEmpty else { return nil }
        return (try? Fen.sum(amounts)).map { .amount($0) }
    }

    private static func names(_ names: [String]) -> FactValue? {
        guard let first = names.first else { return nil }
        let distinct = Set(names)
        return .text(distinct.count == 1 ? first : distinct.sorted().joined(separator: "、"))
    }
}

extension ContractReading {
    var facts: Facts {
        Facts()
            .with("contract", "productName", productName.map { .text($0) })
            .with("contract", "enterpriseName", enterpriseName.map { .text($0) })
            .with("contract", "institutionName", institutionName.map { .text($0) })
            .with("contract", "signedOn", signedOn.map { .date($0) }).with("contract", "serviceFrom", serviceFrom.map { .date($0) })
            .with("contract", "serviceThrough", serviceThrough.map { .date($0) })
            .with("contract", "total", totalFen.map { .amount($0) }).with("contract", "price", priceFen.map { .amount($0) })
            .with("contract", "voucher", voucherFen.map { .amount($0) }).with("contract", "selfPaid", selfPaidFen.map { .amount($0) })
            .with("contract", "tableOrderNumber", tableOrderNumber.map { .text($0) })
            .with("contract", "tableOrderedOn", tableOrderedOn.map { .date($0) })
            .with("contract", "tableProductName", tableProductName.map { .text($0) })
    }
}
