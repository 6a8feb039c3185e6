import Foundation
import Kernel
public import Programme

extension Decision {
    /// The members of a group in the order of their rank.
    func plan(_ each: GroupWork, _ reference: StepReference, _ group: ProcedureCase) -> GroupPlan {
        let members = related.cases(of: each.of, parties: [:], refers: [group.procedure: group.id]).filter {
            each.states.contains($0.state)
        }
        let keys = members.map { member in (member: member, rank: each.rank.map { key($0, member, group) }) }
        let ranked = keys.sorted { left, right in
            for (first, second) in zip(left.rank, right.rank) where first != second { return first < second }
            return left.member.id.uuidString < right.member.id.uuidString
        }
        return GroupPlan(group: group.id, step: reference, members: ranked.map(\.member.id))
    }

    /// A sort key; a smaller one comes first.
    private func key(_ rank: GroupWork.Rank, _ member: ProcedureCase, _ group: ProcedureCase) -> String {
        switch rank {
        case .lists(let lists):
            let held = member.parties.sorted { $0.key < $1.key }.flatMap { role, organisation -> [String] in
                guard case .names(let names)? = related.register(of: organisation, as: role)[FieldName(role, "lists")] else { return [] }
                return Array(names)
            }
            return held.contains(where: lists.contains) ? "0" : "1"
        case .received:
            let milliseconds = Int64((member.visits.first?.at.timeIntervalSince1970 ?? 0) * 1000)
            return String(repeating: "0", count: max(0, 16 - "\(milliseconds)".count)) + "\(milliseconds)"
        case .draw(let seed):
            guard case .text(let text)? = group.record[seed] else { return "" }
            return UUIDv5.make(namespace: member.id, parts: [text]).uuidString
        }
    }
}

extension ProcedureEngine {
    /// Takes the step of the next member of a group, and returns the plan for the members that are left. A member whose step is refused by a cap
    /// takes the step that the file names for it; a member that is refused otherwise is left as it is.
    public func takeNext(
        _ plan: GroupPlan, in family: Family, related: some RelatedCases, _ circumstances: Circumstances, ledger: inout some ProcedureLedger
    ) -> (transition: Transition?, plan: GroupPlan) {
        var left = plan
        guard !plan.members.isEmpty, let each = programme.step(plan.step)?.each else { return (nil, left) }
        let id = left.members.removeFirst()
        func attempt<Accounts: ProcedureLedger>(_ step: String, _ ledger: inout Accounts) throws(StepRefused) -> Transition {
            var decision = Decision(versions, family, related, circumstances, ledger, place)
            guard let member = family[id] else { throw StepRefused([PlatformRule.unknownReference.refusal()]) }
            try decision.mustNotHaveLapsed(member)
            try decision.take(StepReference(each.of, step), member, StepInput(), .platform, cause: .each(plan.step), depth: 0)
            try decision.takeNeeded()
            ledger = decision.ledger
            return decision.transition
        }
        do throws(StepRefused) {
            return (try attempt(plan.rest ?? each.take, &ledger), left)
        } catch {
            let slugs = Set(error.refusals.map(\.slug))
            let refusal = each.refusedBy.first { refusal in programme.cap(refusal.cap).map { slugs.contains($0.slug) } ?? false }
            guard plan.rest == nil, let refusal else { return (nil, left) }
            left.rest = refusal.rest
            return (try? attempt(refusal.take, &ledger), left)
        }
    }
}
