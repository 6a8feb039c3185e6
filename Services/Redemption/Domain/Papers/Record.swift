import Kernel
import Messages
import Programme

extension Deciding {
    /// Refuses a contract that says something else than what was recorded for the order (QUAN-27), to the day and the fen. What the paper does
    /// not say is for the programme's rules to ask for.
    func checkRecord(_ paper: ContractReading, _ record: ContractFacts) throws(Refusal) {
        try compare("total", paper.totalFen, record.totalFen)
        try compare("voucher", paper.voucherFen, record.voucherFen)
        try compare("selfPaid", paper.selfPaidFen, record.selfPaidFen)
        if let price = record.priceFen { try compare("price", paper.priceFen, price) }
        try compare("signedOn", paper.signedOn?.description, record.signedOn.description, .date)
        try compare("serviceFrom", paper.serviceFrom?.description, record.serviceFrom.description, .date)
        // The period decides about averaging: a paper without an end is a service rendered once, and must be recorded as one.
        try compare("serviceThrough", paper.serviceThrough?.description ?? "-", record.serviceThrough?.description ?? "-", .date)
    }

    private func compare(_ name: String, _ paper: Fen?, _ record: Fen) throws(Refusal) {
        guard let paper, paper != record else { return }
        throw differs(name).comparing("paper", paper).comparing("record", record)
    }

    private func compare(_ name: String, _ paper: String?, _ record: String, _ unit: RefusalUnit) throws(Refusal) {
        guard let paper, paper != record else { return }
        throw differs(name).comparing("paper", paper, unit).comparing("record", record, unit)
    }

    private func differs(_ name: String) -> Refusal {
        let citation = programme.document("contract")?.citation ?? .none
        let field = programme.document("contract")?.fields.first { $0.id == name }?.title
        let detail = field.map { LocalisedText(zh: "（\($0.zh)）", en: "(\($0.en))") }
        return PlatformRule.paperDiffersFromRecord.refusal(under: citation, detail).comparing("field", name, .code)
    }
}
