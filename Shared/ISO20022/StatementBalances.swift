internal import Foundation
internal import Kernel

/// The balances of a statement: the first opening balance plus the booked entries must equal the last closing balance.
struct StatementBalances {
    private struct Balance {
        let element: XMLElement
        let code: String
        let signedFen: Int128
        let day: Date
    }

    private let balances: [Balance]
    private static let opening: Set<String> = ["OPBD", "PRCD"]

    init(_ elements: [XMLElement]) throws(XMLFault) {
        var balances: [Balance] = []
        for element in elements {
            guard let balance = try element.reading({ element throws(XMLFault) in try Self.balance(element) }) else { continue }
            balances.append(balance)
        }
        self.balances = balances
    }

    /// A booked balance; nil for any other kind.
    private static func balance(_ element: XMLElement) throws(XMLFault) -> Balance? {
        try element.requireChildren(["Tp", "Amt", "CdtDbtInd", "Dt"], many: ["CdtLine", "Avlbty"])
        let amount = try element.requiredChild("Amt").reading { amount throws(XMLFault) in try amount.yuan() }
        let direction = try element.requiredChild("CdtDbtInd").reading { way throws(XMLFault) in try way.direction() }
        let type = try element.requiredChild("Tp")
        let day = try element.one("Dt")?.reading { day throws(XMLFault) in try day.moment() } ?? .distantPast
        guard type.first("SubTp") == nil, let code = type.first("CdOrPrtry", "Cd")?.text else { return nil }
        return Balance(
            element: element, code: code, signedFen: (direction == .credit ? 1 : -1) * Int128(amount.rawValue), day: day)
    }

    func check(against entries: [StatementEntry]) throws(XMLFault) {
        guard let first = try edge(Self.opening, isFirst: true), let last = try edge(["CLBD"], isFirst: false) else { return }
        let booked = entries.filter { $0.status == .booked }.reduce(Int128(0)) { sum, entry in
            sum + (entry.direction == .credit ? 1 : -1) * Int128(entry.amountFen.rawValue)
        }
        guard first.signedFen + booked == last.signedFen else {
            throw XMLFault(zh: "期初余额加分录不等于期末余额", en: "opening balance plus entries does not equal the closing balance")
                .inside(last.element)
        }
    }

    /// The first or the last balance of these kinds by day. Two balances of the same day must be equal.
    private func edge(_ codes: Set<String>, isFirst: Bool) throws(XMLFault) -> Balance? {
        let some = balances.filter { codes.contains($0.code) }
        guard let day = isFirst ? some.map(\.day).min() : some.map(\.day).max() else { return nil }
        let found = some.filter { $0.day == day }
        guard found.allSatisfy({ $0.signedFen == found[0].signedFen }) else {
            throw XMLFault(zh: "同日有两个不同余额", en: "two balances of the same day differ").inside(found[1].element)
        }
        return found[0]
    }
}

/// The totals of entries stated in a statement.
enum StatementTotals {
    /// Throws if the totals are neither those of all entries nor those of the booked entries.
    static func check(_ summary: XMLElement, _ entries: [StatementEntry]) throws(XMLFault) {
        try summary.requireChildren(["TtlNtries", "TtlCdtNtries", "TtlDbtNtries"], many: ["TtlNtriesPerBkTxCd"])
        let kinds: [(String, AccountStatement.Direction?)] = [
            ("TtlNtries", nil), ("TtlCdtNtries", .credit), ("TtlDbtNtries", .debit),
        ]
        for (name, direction) in kinds {
            guard let total = try summary.one(name) else { continue }
            let some = entries.filter { direction == nil || $0.direction == direction }
            try total.reading { total throws(XMLFault) in
                let isOfAll = try isTrue(total, of: some)
                let isOfBooked = try isTrue(total, of: some.filter { $0.status == .booked })
                guard isOfAll || isOfBooked else {
                    throw XMLFault(zh: "合计与分录不符", en: "the total does not match the entries")
                }
            }
        }
    }

    private static func isTrue(_ total: XMLElement, of entries: [StatementEntry]) throws(XMLFault) -> Bool {
        if let count = try total.one("NbOfNtries"), Int(count.text) != entries.count { return false }
        guard let sum = try total.one("Sum") else { return true }
        let fen = try sum.reading { sum throws(XMLFault) in try sum.decimalYuan() }
        return (try? Fen.sum(entries.map(\.amountFen))) == fen
    }
}
