public import Foundation
public import Kernel
public import Programme

/// A ledger in memory, with the rules of the quota ledger: a reservation counts until it is released, a forfeited or posted amount goes on
/// counting, a returned one does not.
public struct MemoryLedger: ProcedureLedger, Hashable {
    /// The kinds of amounts of a case on an account.
    public enum Kind: Sendable, Hashable {
        /// Reserved, and open.
        case held
        /// Used.
        case posted
        /// Lost; it still counts.
        case forfeited
    }

    struct Holding: Sendable, Hashable {
        let id: UUID
        let account: AccountKey
        let cap: String
        var amounts: [Kind: Int64]
    }

    /// The field that has a case's amount, by procedure.
    private let amounts: [String: FieldName]
    private(set) var holdings: [Holding] = []

    /// An empty ledger.
    ///
    /// - Parameter amounts: the field with the amount of a procedure's cases, in fen
    public init(amounts: [String: FieldName]) { self.amounts = amounts }

    /// What counts on an account: held, posted and forfeited.
    public func used(_ account: AccountKey) -> Int64 {
        holdings.filter { $0.account == account }.reduce(0) { $0 + $1.amounts.values.reduce(0, +) }
    }

    /// The sum of a kind over all accounts of a cap.
    public func total(_ kind: Kind, of cap: String) -> Int64 {
        holdings.filter { $0.cap == cap }.reduce(0) { $0 + ($1.amounts[kind] ?? 0) }
    }

    /// The same for one case.
    public func total(_ kind: Kind, of id: UUID) -> Int64 {
        holdings.filter { $0.id == id }.reduce(0) { $0 + ($1.amounts[kind] ?? 0) }
    }

    /// Applies an effect. Throws the refusal of a cap with a fixed limit that has too little left; other caps have no limit here.
    public mutating func apply(_ change: Transition.LedgerChange, of subject: ProcedureCase, under programme: Programme) throws(Refusal) {
        func concerns(_ holding: Holding) -> Bool {
            holding.id == subject.id && (change.effect.caps.isEmpty || change.effect.caps.contains(holding.cap))
        }
        switch change.effect.kind {
        case .reserve:
            for cap in programme.caps where cap.reservedAt.contains(change.reference) {
                try reserve(cap, subject, programme)
            }
        case .restate:
            for index in holdings.indices where concerns(holdings[index]) {
                guard let cap = programme.cap(holdings[index].cap), cap.unit == .fen else { continue }
                let (old, new) = (holdings[index].amounts[.held] ?? 0, amount(cap, subject))
                try mustFit(cap, holdings[index].account, new - old)
                holdings[index].amounts[.held] = new
            }
        case .post, .postWhole: move(.held, to: .posted, where: concerns)
        case .forfeit: move(.held, to: .forfeited, where: concerns)
        case .release: move(.held, to: nil, where: concerns)
        case .returnFunds: move(.posted, to: nil, where: concerns)
        }
    }

    private mutating func reserve(_ cap: Cap, _ subject: ProcedureCase, _ programme: Programme) throws(Refusal) {
        let account = account(cap, subject, programme)
        let amount = amount(cap, subject)
        try mustFit(cap, account, amount)
        holdings.append(Holding(id: subject.id, account: account, cap: cap.id, amounts: [.held: amount]))
    }

    private func mustFit(_ cap: Cap, _ account: AccountKey, _ amount: Int64) throws(Refusal) {
        guard case .fixed(let limit) = cap.limit else { return }
        let left = limit - used(account)
        guard amount <= left else { throw cap.refusal(requested: amount, left: left, limit: limit) }
    }

    private mutating func move(_ kind: Kind, to other: Kind?, where concerns: (Holding) -> Bool) {
        for index in holdings.indices where concerns(holdings[index]) {
            guard let amount = holdings[index].amounts.removeValue(forKey: kind), let other else { continue }
            holdings[index].amounts[other, default: 0] += amount
        }
    }

    private func amount(_ cap: Cap, _ subject: ProcedureCase) -> Int64 {
        guard cap.unit == .fen else { return 1 }
        guard let field = amounts[subject.procedure], case .amount(let fen)? = subject.record[field] else { return 0 }
        return fen.rawValue
    }

    private func account(_ cap: Cap, _ subject: ProcedureCase, _ programme: Programme) -> AccountKey {
        let owner: String =
            switch cap.account {
            case .enterpriseYear: subject.parties["enterprise"]?.uuidString ?? ""
            case .institutionYear: subject.parties["institution"]?.uuidString ?? ""
            case .productStock, .batch: subject.parties["product"]?.uuidString ?? ""
            case .programmeYear: ""
            }
        return AccountKey(text: [programme.id, cap.id, owner].joined(separator: "/"))
    }
}
