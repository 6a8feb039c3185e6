public import Foundation
import Kernel
public import Programme

/// What a decision may know beyond the family of its case: registers, and copies of other cases.
public protocol RelatedCases: Sendable {
    /// A case that another one refers to; nil if there is none.
    func subject(_ id: UUID) -> ProcedureCase?
    /// The cases of a procedure with at least these parties and references, the latest last.
    func cases(of procedure: String, parties: [String: UUID], refers: [String: UUID]) -> [ProcedureCase]
    /// What registers say of an organisation that has this role; nothing if they do not know it.
    func register(of organisation: UUID, as role: String) -> Facts
    /// The case that an invoice, receipt or file serves already; nil if it is free.
    func holder(of key: String) -> UUID?
}

/// Nothing is known beyond the family.
public struct NoRelatedCases: RelatedCases {
    /// Nothing.
    public init() {}
    /// There is no other case.
    public func subject(_ id: UUID) -> ProcedureCase? { nil }
    /// There are no other cases.
    public func cases(of procedure: String, parties: [String: UUID], refers: [String: UUID]) -> [ProcedureCase] { [] }
    /// No register knows it.
    public func register(of organisation: UUID, as role: String) -> Facts { Facts() }
    /// Everything is free.
    public func holder(of key: String) -> UUID? { nil }
}

extension Decision {
    /// The facts about a case: registers, related cases, the records of its ancestors, and its own.
    func known(about subject: ProcedureCase) -> Facts { known(about: subject, above(subject)) }

    /// The same where the facts without its own record are computed already.
    func known(about subject: ProcedureCase, _ above: Facts) -> Facts {
        // What the case's own papers leave out is unknown, even where an ancestor has recorded it.
        above.without(records: subject.paperRecords).merging(subject.record).with(state: subject)
    }

    /// The facts about a case without its own record.
    func above(_ subject: ProcedureCase) -> Facts {
        var facts = Facts()
        for (role, organisation) in subject.parties.sorted(by: { $0.key < $1.key }) {
            facts = facts.merging(related.register(of: organisation, as: role))
        }
        for other in relatedCases(of: subject) { facts = facts.merging(other.record).with(state: other) }
        var chain: [ProcedureCase] = []
        var next = subject.parent
        while let id = next, let above = transition.family[id] {
            chain.append(above)
            next = above.parent
        }
        for above in chain.reversed() { facts = facts.merging(above.record).with(state: above) }
        return facts.merging(collected(about: subject))
    }

    /// The cases outside the family that a case knows: those it refers to, and those of the procedures that its steps need, of its parties.
    private func relatedCases(of subject: ProcedureCase) -> [ProcedureCase] {
        let referred = subject.refers.sorted { $0.key < $1.key }.compactMap { related.subject($0.value) }
        let elsewhere = versions.version(subject.programmeVersion).procedures[subject.procedure]?.neededElsewhere ?? []
        let needed = elsewhere.filter { subject.refers[$0] == nil }.flatMap { procedure in
            related.cases(of: procedure, parties: shared(procedure, subject), refers: [:]).suffix(1)
        }
        return needed + referred
    }

    /// The parties of a case that the cases of another procedure have too.
    func shared(_ procedure: String, _ subject: ProcedureCase) -> [String: UUID] {
        let roles = compiled.procedures[procedure]?.partyRoles ?? []
        return subject.parties.filter { roles.contains($0.key) }
    }

    /// The collected facts about a case.
    func collected(about subject: ProcedureCase) -> Facts {
        var facts = Facts()
        for collection in programme.collected {
            let parties = subject.parties.filter { collection.same.contains($0.key) }
            let refers = subject.refers.filter { collection.same.contains($0.key) }
            guard parties.count + refers.count == collection.same.count else { continue }
            let cases = related.cases(of: collection.procedure, parties: parties, refers: refers)
                .filter { $0.id != subject.id && (collection.states.isEmpty || collection.states.contains($0.state)) }
            // The case itself counts too, as it is now.
            facts[collection.id] = collection.value(over: collection.procedure == subject.procedure ? cases + [subject] : cases)
        }
        return facts
    }
}

extension Facts {
    /// These facts without those of some records.
    func without(records: Set<String>) -> Facts {
        records.isEmpty ? self : Facts(values.filter { !records.contains($0.key.record) })
    }

    fileprivate func with(state subject: ProcedureCase) -> Facts { with(subject.procedure, "state", .text(subject.state)) }
}

extension CollectedFact {
    /// The value over these cases; nil if there is none.
    func value(over cases: [ProcedureCase]) -> FactValue? {
        let values = field.map { field in cases.compactMap { $0.record[field] } } ?? []
        switch fold {
        case .count: return .count(Int64(cases.count))
        case .sum:
            let sum = values.reduce(Int64(0)) { $0.addingReportingOverflow($1.number ?? 0).partialValue }
            if case .amount? = values.first { return .amount(Fen(sum)) }
            return .count(sum)
        case .min: return values.min { $0.precedes($1) }
        case .max: return values.max { $0.precedes($1) }
        case .set:
            return .names(
                Set(
                    values.flatMap { value -> [String] in
                        switch value {
                        case .text(let text): [text]
                        case .names(let names): Array(names)
                        default: []
                        }
                    }))
        }
    }
}

extension FactValue {
    fileprivate var number: Int64? {
        switch self {
        case .count(let count): count
        case .amount(let amount): amount.rawValue
        default: nil
        }
    }

    fileprivate func precedes(_ other: FactValue) -> Bool {
        switch (self, other) {
        case (.date(let left), .date(let right)): left < right
        case (.text(let left), .text(let right)): left < right
        default: (number ?? 0) < (other.number ?? 0)
        }
    }
}
