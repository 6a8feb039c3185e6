public import Kernel
import Programme

extension ProgrammeRows {
    /// Throws a refusal under QUAN-10 where none of `roles` may take a step of that command. It goes before a case is loaded; which step it is,
    /// and whether the role may take it, the case's programme then says.
    ///
    /// Where the programme is named, or only one that was read has such a step, the refusal cites the clauses of its steps.
    ///
    /// - Parameters:
    ///   - commands: the command's names in the programmes' procedures: several where one message stands for several.
    ///   - programmeID: the programme that the command is about; nil where only its case tells. Then whoever may take it in any programme that
    ///     this process has read is admitted.
    public static func mustTake(_ commands: String..., in programmeID: String? = nil, by roles: Set<String>) throws(Refusal) {
        try mustTake(commands, in: programmeID, by: roles)
    }

    /// The same for a list of commands.
    public static func mustTake(_ commands: [String], in programmeID: String? = nil, by roles: Set<String>) throws(Refusal) {
        let takers = ProgrammeCache.shared.takers(of: commands, in: programmeID)
        let may = takers.reduce(into: Set<String>()) { $0.formUnion($1.roles) }
        guard !may.isEmpty, roles.isDisjoint(with: may) else { return }
        let clauses = takers.count == 1 ? takers[0].clauses : []
        throw clauses.reduce(PlatformRule.notPermitted.refusal()) { $0.under($1) }
            .comparing("expected", may.sorted().joined(separator: ","), .code)
    }
}
