import Foundation
import Programme

/// A programme with what every decision looks up, computed once for a version.
final class CompiledProgramme: Sendable {
    /// What belongs to a step.
    struct StepParts: Sendable {
        let step: Step
        let forms: [Form]
        /// The fields of the forms.
        let declared: Set<FieldName>
        let rules: [Rule]
        let documents: [Document]
        /// The steps of the same case that this one causes.
        let following: [Step]
    }

    /// What belongs to a procedure.
    struct ProcedureParts: Sendable {
        let procedure: Procedure
        /// The procedures of other families that its steps need.
        let neededElsewhere: [String]
        let partyRoles: Set<String>
        /// The first ancestor.
        let root: String
        let statesWithoutHoldings: Set<String>
        let deadlines: [String: [DeadlineRule]]
        /// The states from which a step is open to everybody.
        let openStates: Set<String>
        /// The roles that take steps.
        let roles: Set<String>
    }

    /// A step that the platform takes when needs are met.
    struct NeededStep: Sendable {
        let reference: StepReference
        let step: Step
        let procedure: Procedure
        let needs: [ProcedureNeed]
        let windows: [WindowNeed]
    }

    let programme: Programme
    let procedures: [String: ProcedureParts]
    let steps: [StepReference: StepParts]
    /// In the order of the file.
    let needed: [NeededStep]
    private let sights: [String: RoleSight]

    init(_ programme: Programme) {
        self.programme = programme
        sights = Self.sights(of: programme)
        var procedures: [String: ProcedureParts] = [:]
        var steps: [StepReference: StepParts] = [:]
        var needed: [NeededStep] = []
        for procedure in programme.procedures {
            procedures[procedure.id] = Self.parts(of: procedure, programme, sights)
            for step in procedure.steps {
                let reference = StepReference(procedure.id, step.id)
                steps[reference] = Self.parts(of: step, reference, procedure, programme)
                guard case .needs(let needs, let windows)? = step.cause else { continue }
                needed.append(NeededStep(reference: reference, step: step, procedure: procedure, needs: needs, windows: windows))
            }
        }
        (self.procedures, self.steps, self.needed) = (procedures, steps, needed)
    }

    /// The step of that name.
    func step(_ reference: StepReference) -> Step? { steps[reference]?.step }

    /// The procedure of that name.
    func procedure(_ id: String) -> Procedure? { procedures[id]?.procedure }

    /// Which cases a role sees. Roles of parties see their own, and others those of procedures in which they take a step, if the file does not
    /// say otherwise.
    func sight(of role: String) -> RoleSight { sights[role] ?? .steps }

    /// Whether anybody may take a step: one of its roles sees public notices only, which are for everybody.
    func isOpenToAll(_ step: Step) -> Bool { step.by.contains { sight(of: $0) == .notices } }

    /// Whether two procedures have a common ancestor, so that their cases may be of one family.
    func areRelatives(_ left: String, _ right: String) -> Bool { procedures[left]?.root == procedures[right]?.root }

    private static func parts(of step: Step, _ reference: StepReference, _ procedure: Procedure, _ programme: Programme) -> StepParts {
        let forms = programme.forms.filter { $0.steps.contains(reference) }
        return StepParts(
            step: step, forms: forms, declared: Set(forms.flatMap { form in form.fields.map { FieldName(form.record, $0.id) } }),
            rules: programme.rules.filter { $0.steps.contains(reference) },
            documents: programme.documents.filter { $0.steps.contains(reference) },
            following: procedure.steps.filter { $0.cause == .after(step.id) })
    }

    private static func parts(of procedure: Procedure, _ programme: Programme, _ sights: [String: RoleSight]) -> ProcedureParts {
        let needs = procedure.steps.flatMap { step -> [ProcedureNeed] in
            guard case .needs(let needs, _)? = step.cause else { return step.needs }
            return step.needs + needs
        }
        let root = programme.root(of: procedure.id)
        let elsewhere = Set(needs.map(\.procedure)).filter { programme.root(of: $0) != root }
        let open = procedure.steps.filter { step in step.by.contains { sights[$0] == .notices } }
        return ProcedureParts(
            procedure: procedure, neededElsewhere: elsewhere.sorted(), partyRoles: programme.partyRoles(of: procedure.id), root: root,
            statesWithoutHoldings: Set(programme.statesWithoutHoldings(of: procedure.id)),
            deadlines: Dictionary(uniqueKeysWithValues: procedure.states.map { ($0.id, procedure.deadlines(in: $0.id)) }),
            openStates: Set(open.flatMap(\.from)), roles: Set(procedure.steps.flatMap(\.by)))
    }

    private static func sights(of programme: Programme) -> [String: RoleSight] {
        let parties = Set(programme.procedures.filter { $0.of == nil }.flatMap { programme.partyRoles(of: $0.id) })
        return Dictionary(
            uniqueKeysWithValues: programme.roles.map { role in
                (role.id, programme.roleSights[role.id] ?? (parties.contains(role.id) ? .own : .steps))
            })
    }
}

extension Programme {
    /// The first ancestor of a procedure.
    fileprivate func root(of id: String) -> String {
        var (name, seen) = (id, Set<String>())
        while let of = procedure(name)?.of, seen.insert(name).inserted { name = of }
        return name
    }

    /// The roles whose organisations are parties of a procedure's cases: those that take a step from the start.
    func partyRoles(of id: String) -> Set<String> {
        guard let procedure = procedure(id) else { return [] }
        let first = procedure.steps.filter { $0.from.contains(Procedure.start) }.flatMap(\.by)
        return Set(first).union(procedure.of.map(partyRoles) ?? [])
    }
}
