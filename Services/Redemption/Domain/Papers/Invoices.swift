import Foundation
public import Kernel
public import Messages
import Programme

extension Deciding {
    /// The invoices' numbers; refused where one is of no known form (QUAN-01), or counts already, here or in another redemption (QUAN-26).
    func checkInvoices(
        _ invoices: [InvoiceReading], of id: UUID, _ owners: [InvoiceNumber: UUID]
    ) throws(Refusal) -> [InvoiceNumber] {
        let citation = programme.document("invoice")?.citation ?? .none
        var numbers: [InvoiceNumber] = []
        for invoice in invoices {
            let number = try invoice.checkedNumber(under: citation)
            guard owners[number] ?? id == id, !numbers.contains(number) else {
                throw PlatformRule.invoiceAlreadyUsed.refusal(under: citation)
                    .comparing("invoiceCode", number.code, .code).comparing("invoiceNumber", number.number, .code)
            }
            numbers.append(number)
        }
        return numbers
    }

    /// What a reviewer should look at: receipts and refunds, an invoice whose number tells another kind or a year to come.
    func flags(
        _ command: ApplyRedemption, _ numbers: [InvoiceNumber], of id: UUID, _ around: Surroundings
    ) -> [RedemptionFlag] {
        var flags = receiptFlags(command.facts, of: id, around.receipts)
        for (invoice, number) in zip(command.facts.invoices, numbers) { flags += suspicions(invoice, number) }
        return flags
    }

    private func suspicions(_ invoice: InvoiceReading, _ number: InvoiceNumber) -> [RedemptionFlag] {
        let form = number.form(inYear: (try? BeijingTime.date(at: now))?.year ?? 9999)
        var flags: [RedemptionFlag] = []
        if form.kind != invoice.kind {
            flags.append(
                RedemptionFlag(
                    kind: "invoice-kind-differs",
                    text: LocalisedText(
                        zh: "发票 \(number.number) 填报为\(invoice.kind.name)，号码表明为\(form.kind?.name ?? "未知种类")。",
                        en:
                            "Invoice \(number.number) is given as \(invoice.kind.rawValue); its number tells \(form.kind?.rawValue ?? "none known")."
                    )))
        }
        for case .yearInFuture(let year) in form.suspicions {
            flags.append(
                RedemptionFlag(
                    kind: "invoice-year-ahead",
                    text: LocalisedText(
                        zh: "发票 \(number.number) 的年份 \(year) 晚于今年。",
                        en: "Invoice \(number.number) is of the year \(year), which is to come.")))
        }
        return flags
    }
}

extension InvoiceReading {
    /// The number under its code; nil where the two are of no known form.
    public var invoiceNumber: InvoiceNumber? { try? InvoiceNumber(code: code ?? "", number: number) }

    fileprivate func checkedNumber(under citation: Citation) throws(Refusal) -> InvoiceNumber {
        do {
            return try InvoiceNumber(code: code ?? "", number: number)
        } catch {
            throw PlatformRule.malformedMessage.refusal(
                under: citation, LocalisedText(zh: "发票代码或号码格式不正确。", en: error.description)
            ).comparing("invoiceNumber", String(number.prefix(40)), .code)
        }
    }
}
