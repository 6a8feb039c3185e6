import Kernel
import Messages
import Programme

extension Deciding {
    /// Refuses a paper that is dated later than today in Beijing (QUAN-34).
    func checkDays(_ facts: RedemptionFacts) throws(Refusal) {
        let today = try today()
        let days: [(document: String, days: [CalendarDate])] = [
            ("contract", facts.contract.signedOn.map { [$0] } ?? []),
            ("receipt", facts.receipts.map(\.paidOn)),
            ("invoice", facts.invoices.map(\.issuedOn)),
            ("refund-proof", (facts.refunds ?? []).map(\.paidOn)),
        ]
        for (document, days) in days {
            guard let last = days.max(), last > today else { continue }
            throw PlatformRule.paperFromFuture.refusal(under: programme.document(document)?.citation ?? .none)
                .comparing("document", document, .code).comparing("dated", last.description, .date)
                .comparing("today", today.description, .date)
        }
    }
}
