internal import Foundation
internal import Kernel

/// An entry of a statement with its transactions.
struct StatementEntry {
    let element: XMLElement
    let amountFen: Fen
    let direction: AccountStatement.Direction
    let status: EntryStatus
    /// One booking per transaction; empty if the entry is not booked.
    let bookings: [AccountStatement.Booking]

    private static let parts: Set<String> = [
        "NtryRef", "Amt", "CdtDbtInd", "RvslInd", "Sts", "BookgDt", "ValDt", "AcctSvcrRef", "BkTxCd", "ComssnWvrInd", "AddtlInfInd",
        "AmtDtls",
        "TechInptChanl", "CardTx", "AddtlNtryInf",
    ]

    /// Parses an entry. `place` is used as reference if the entry has none.
    init(_ entry: XMLElement, place: String, rules: StatementRules) throws(XMLFault) {
        try entry.requireChildren(Self.parts, many: ["Avlbty", "Chrgs", "Intrst", "NtryDtls"])
        element = entry
        amountFen = try entry.requiredChild("Amt").reading { amount throws(XMLFault) in try amount.yuan() }
        guard amountFen > .zero else { throw XMLFault(zh: "金额为零", en: "the amount is zero") }
        direction = try entry.requiredChild("CdtDbtInd").reading { way throws(XMLFault) in try way.direction() }
        status = try entry.requiredChild("Sts").reading { status throws(XMLFault) in try Self.status(status, rules) }
        let isReversal = try entry.one("RvslInd")?.reading { reversal throws(XMLFault) in try reversal.truth() } ?? false
        let at = try entry.one("BookgDt")?.reading { day throws(XMLFault) in try day.moment() } ?? .distantPast
        let (given, entryReference) = (try entry.max35("AcctSvcrRef"), try entry.max35("NtryRef"))
        let reference = given ?? entryReference ?? place
        let transactions = try StatementTransaction.all(in: entry, amountFen: amountFen, direction: direction)
        guard status == .booked else {
            bookings = []
            return
        }
        bookings = transactions.map { transaction in
            AccountStatement.Booking(
                reference: transaction.reference ?? reference, endToEndID: transaction.endToEndID, amountFen: transaction.amountFen,
                direction: transaction.direction, isReturn: isReversal || transaction.isReturn || Self.isReturn(entry), at: at)
        }
    }

    /// Whether the bank transaction code is a returned payment (`RRTN`).
    static func isReturn(_ element: XMLElement) -> Bool { element.first("BkTxCd", "Domn", "Fmly", "SubFmlyCd")?.text == "RRTN" }

    private static func status(_ status: XMLElement, _ rules: StatementRules) throws(XMLFault) -> EntryStatus {
        guard status.children.count <= 1 else { throw XMLFault(zh: "状态不可识别", en: "the status cannot be read") }
        let known: EntryStatus? =
            switch status.children.first?.name {
            case nil: EntryStatus(rawValue: status.text)
            case "Cd": status.first("Cd").flatMap { $0.children.isEmpty ? EntryStatus(rawValue: $0.text) : nil }
            case "Prtry": status.first("Prtry").flatMap { rules.proprietaryStatuses[$0.text] }
            default: nil
            }
        guard let known else {
            throw XMLFault(
                zh: "状态不可识别（银行自定义状态须先在设置中注明含义）",
                en: "the status is unknown; the meaning of a bank's proprietary status must be configured in a setting")
        }
        return known
    }
}

/// A transaction of an entry.
struct StatementTransaction {
    let reference: String?
    let endToEndID: String
    let amountFen: Fen
    let direction: AccountStatement.Direction
    let isReturn: Bool

    private static let parts: Set<String> = [
        "Refs", "Amt", "CdtDbtInd", "AmtDtls", "BkTxCd", "RltdPties", "RltdAgts", "LclInstrm", "Purp", "RmtInf", "RltdDts", "RltdPric",
        "FinInstrmId", "Tax", "RtrInf", "CorpActn", "SfkpgAcct", "CardTx", "AddtlTxInf",
    ]
    private static let manyParts: Set<String> = [
        "Avlbty", "Chrgs", "Intrst", "RltdRmtInf", "RltdQties", "CshDpst", "SplmtryData",
    ]
    private static let references: Set<String> = [
        "MsgId", "AcctSvcrRef", "PmtInfId", "InstrId", "EndToEndId", "UETR", "TxId", "MndtId", "ChqNb", "ClrSysRef", "AcctOwnrTxId",
        "AcctSvcrTxId", "MktInfrstrctrTxId", "PrcgId",
    ]

    /// The transactions of an entry; their sum must be its amount. An entry without details is one transaction.
    static func all(
        in entry: XMLElement, amountFen: Fen, direction: AccountStatement.Direction
    ) throws(XMLFault) -> [StatementTransaction] {
        var transactions: [StatementTransaction] = []
        let count = entry.all("NtryDtls").reduce(0) { $0 + $1.all("TxDtls").count }
        for details in entry.all("NtryDtls") {
            transactions += try details.reading { details throws(XMLFault) in
                try details.requireChildren(["Btch"], many: ["TxDtls"])
                var some: [StatementTransaction] = []
                for element in details.all("TxDtls") {
                    some.append(
                        try element.reading { element throws(XMLFault) in
                            try StatementTransaction(element, isOnly: count == 1, entryFen: amountFen, entryDirection: direction)
                        })
                }
                if let batch = try details.one("Btch") {
                    try batch.reading { batch throws(XMLFault) in try Self.check(batch, some) }
                }
                return some
            }
        }
        if transactions.isEmpty {
            let batches = entry.all("NtryDtls").compactMap { $0.first("Btch") }
            let isOne = batches.count == 1 && batches[0].first("NbOfTxs").map { Int($0.text) == 1 } ?? true
            let named = isOne ? try batches[0].max35("PmtInfId") : nil
            return [
                StatementTransaction(
                    reference: nil, endToEndID: named.flatMap { UUID(compact: $0) == nil ? nil : $0 } ?? "", amountFen: amountFen,
                    direction: direction, isReturn: false)
            ]
        }
        let total = transactions.reduce(Int128(0)) { sum, transaction in
            sum + (transaction.direction == direction ? 1 : -1) * Int128(transaction.amountFen.rawValue)
        }
        guard total == Int128(amountFen.rawValue) else {
            throw XMLFault(zh: "明细合计与分录金额不符", en: "the sum of the details does not equal the entry's amount")
        }
        return transactions
    }

    private init(
        reference: String?, endToEndID: String, amountFen: Fen, direction: AccountStatement.Direction, isReturn: Bool
    ) {
        self.reference = reference
        self.endToEndID = endToEndID
        self.amountFen = amountFen
        self.direction = direction
        self.isReturn = isReturn
    }

    private init(
        _ element: XMLElement, isOnly: Bool, entryFen: Fen, entryDirection: AccountStatement.Direction
    ) throws(XMLFault) {
        try element.requireChildren(Self.parts, many: Self.manyParts)
        let refs = try element.one("Refs")
        try refs?.reading { refs throws(XMLFault) in try refs.requireChildren(Self.references, many: ["Prtry"]) }
        reference = try refs?.reading { refs throws(XMLFault) in try refs.max35("AcctSvcrRef") } ?? nil
        endToEndID = try refs?.reading { refs throws(XMLFault) in try Self.named(refs) } ?? ""
        let own = try element.one("Amt") ?? element.first("AmtDtls", "TxAmt", "Amt")
        if let own {
            amountFen = try own.reading { own throws(XMLFault) in try own.yuan() }
        } else if isOnly {
            amountFen = entryFen
        } else {
            throw XMLFault(zh: "多笔明细中有一笔没有金额", en: "one of several details has no amount")
        }
        guard amountFen > .zero else { throw XMLFault(zh: "金额为零", en: "the amount is zero") }
        direction = try element.one("CdtDbtInd")?.reading { way throws(XMLFault) in try way.direction() } ?? entryDirection
        isReturn = try element.one("RtrInf") != nil || StatementEntry.isReturn(element)
    }

    /// The end-to-end id; if there is none, the first other reference in the format of our ids.
    private static func named(_ refs: XMLElement) throws(XMLFault) -> String {
        if let id = try refs.max35("EndToEndId"), id != "NOTPROVIDED" { return id }
        for name in ["PmtInfId", "InstrId", "MsgId"] {
            if let id = try refs.max35(name), UUID(compact: id) != nil { return id }
        }
        return ""
    }

    /// Throws if a batch's count or total differs from its listed transactions.
    private static func check(_ batch: XMLElement, _ transactions: [StatementTransaction]) throws(XMLFault) {
        guard !transactions.isEmpty else { return }
        if let count = try batch.one("NbOfTxs"), Int(count.text) != transactions.count {
            throw XMLFault(zh: "批次笔数与明细不符", en: "the batch's number of transactions differs from those listed").inside(count)
        }
        guard let amount = try batch.one("TtlAmt") else { return }
        let total = try amount.reading { amount throws(XMLFault) in try amount.yuan() }
        guard (try? Fen.sum(transactions.map(\.amountFen))) == total else {
            throw XMLFault(zh: "批次合计与明细不符", en: "the batch's total differs from the listed transactions").inside(amount)
        }
    }
}
