import Kernel

/// Proves that what a step asks for is known there: for each rule, paper, published field and amount at each step, something must supply the field.
///
/// A case knows the fields of the forms and papers of its own procedure, of its ancestors, of the cases that it refers to, and of the cases of its
/// parties that its steps need; what capabilities of these procedures give; what is kept and collected; and what registers say of its parties.
struct SupplyChecks {
    private let programme: Programme
    private let supplied: [String: Set<FieldName>]

    init(_ programme: Programme) {
        self.programme = programme
        let own = Dictionary(uniqueKeysWithValues: programme.procedures.map { ($0.id, Self.own($0, programme)) })
        supplied = Dictionary(
            uniqueKeysWithValues: programme.procedures.map { procedure in
                let known = Self.known(to: procedure, programme).reduce(into: Set(programme.collected.map(\.id))) {
                    $0.formUnion(own[$1] ?? [])
                }
                return (procedure.id, known)
            })
    }

    /// Reports each field that is asked for and never supplied.
    func check(_ log: FaultLog) {
        for rule in programme.rules {
            for step in rule.steps {
                check((rule.condition.fields + (rule.when?.fields ?? [])).map { ($0, "the rule \(rule.id)") }, at: step, rule.citation, log)
            }
        }
        for document in programme.documents {
            guard case .when(let condition) = document.need else { continue }
            for step in document.steps {
                check(condition.fields.map { ($0, "the document \(document.id)") }, at: step, document.citation, log)
            }
        }
        for procedure in programme.procedures {
            for step in procedure.steps {
                let reference = StepReference(procedure.id, step.id)
                let published = step.publishes.compactMap { FieldName($0) }.map { ($0, "what the step publishes") }
                check(published, at: reference, step.citation, log)
            }
        }
    }

    private func check(_ fields: [(FieldName, String)], at step: StepReference, _ citation: Citation, _ log: FaultLog) {
        guard let known = supplied[step.procedure], let procedure = programme.procedure(step.procedure) else { return }
        let parties = programme.parties(of: procedure)
        for (field, what) in fields where !known.contains(field) && !Self.isOfRegister(field, parties) {
            log.error(
                citation.place, "\(what) asks for \(field) at \(step), and nothing supplies it there",
                "Ask for it in a form or paper of \(step.procedure) or of a case that it knows, keep it there (`keeps`), or name the procedure that has it under `refers` or `needs`"
            )
        }
    }

    /// What registers say of the parties.
    private static func isOfRegister(_ field: FieldName, _ parties: Set<String>) -> Bool {
        field.record == "judgement" || field.record == "excuse" || field.record == "parties"
            || (parties.contains(field.record) && PlatformField.all[field] != nil && !computed.contains(field))
    }

    /// What capabilities give is in no register.
    private static let computed = Set(Capability.allCases.flatMap(\.gives)).subtracting([FieldName("enterprise", "creditCode")])

    /// What the cases of one procedure have.
    private static func own(_ procedure: Procedure, _ programme: Programme) -> Set<FieldName> {
        func isOwn(_ steps: [StepReference]) -> Bool { steps.contains { $0.procedure == procedure.id } }
        var fields = Set(procedure.keeps.keys)
        fields.insert(FieldName(procedure.id, "state"))
        for form in programme.forms where isOwn(form.steps) { fields.formUnion(form.fields.map { FieldName(form.record, $0.id) }) }
        for document in programme.documents where isOwn(document.steps) {
            fields.formUnion(document.fields.map { FieldName(document.id, $0.id) })
        }
        for capability in procedure.steps.flatMap(\.uses) { fields.formUnion(capability.gives) }
        return fields
    }

    /// The procedures whose cases a case knows: its own, its ancestors, those it refers to and needs, and those these refer to.
    private static func known(to procedure: Procedure, _ programme: Programme) -> Set<String> {
        var known: Set<String> = []
        var next: Procedure? = procedure
        while let current = next, known.insert("of \(current.id)").inserted {
            let needs = current.steps.flatMap { step -> [ProcedureNeed] in
                guard case .needs(let needs, _)? = step.cause else { return step.needs }
                return step.needs + needs
            }
            // A case that is referred to or needed is known as it is, not with all that it knows itself.
            known.formUnion([current.id] + current.refers + needs.map(\.procedure))
            next = current.of.flatMap(programme.procedure)
        }
        return known
    }
}

extension Programme {
    /// The roles whose organisations are parties of a procedure's cases, those of related cases included.
    fileprivate func parties(of procedure: Procedure) -> Set<String> {
        var (roles, seen, next) = (Set<String>(), Set<String>(), [procedure])
        while let current = next.popLast() {
            guard seen.insert(current.id).inserted else { continue }
            roles.formUnion(current.steps.filter { $0.from.contains(Procedure.start) }.flatMap(\.by))
            next += ([current.of].compactMap(\.self) + current.refers).compactMap { self.procedure($0) }
        }
        return roles
    }
}

extension Capability {
    /// The fields that it gives.
    var gives: [FieldName] {
        switch self {
        case .sizeClass: ["sizeClass", "tier", "creditCode"].map { FieldName("enterprise", $0) }
        case .orderNumber:
            ["number", "placedOn", "firstPlacedOn", "productName", "enterpriseName", "institutionName"].map { FieldName("order", $0) }
        case .expectedVoucher: ["agreed", "ordered"].map { FieldName("order", $0) }
        case .contractVoucher, .confirmedVoucher, .disputedVoucher: ["voucher", "agreed", "pending"].map { FieldName("order", $0) }
        case .netReceipts: [FieldName("receipt", "net")]
        case .calculatedSubsidy: ["calculated", "appliedOn"].map { FieldName("redemption", $0) }
        case .determinedAmount: ["amount", "decidedOn"].map { FieldName("redemption", $0) }
        case .owedReturn: [FieldName("payout", "owed")]
        case .receivedReturn: [FieldName("payout", "returned")]
        case .uniquePapers, .sameContract: []
        }
    }
}
