public import Kernel
import Programme

extension ProgrammeRows {
    /// Throws a refusal under QUAN-10 if none of `roles` may take a step with this command. This is a check before the case is loaded;
    /// the case's programme then decides which step it is and whether the role may take it.
    ///
    /// If the programme is named, or only one loaded programme has such a step, the refusal cites the clauses of the steps.
    ///
    /// - Parameters:
    ///   - commands: the command's names in the programmes' procedures; several if one message stands for several commands.
    ///   - programmeID: the programme of the command; nil if only the case names it. Then a role permitted in any loaded programme is
    ///     admitted.
    public static func requirePermission(_ commands: String..., in programmeID: String? = nil, by roles: Set<String>) throws(Refusal) {
        try requirePermission(commands, in: programmeID, by: roles)
    }

    /// The same for a list of commands.
    public static func requirePermission(_ commands: [String], in programmeID: String? = nil, by roles: Set<String>) throws(Refusal) {
        let permitted = ProgrammeCache.shared.permittedRoles(of: commands, in: programmeID)
        let permittedRoles = permitted.reduce(into: Set<String>()) { $0.formUnion($1.roles) }
        guard !permittedRoles.isEmpty, roles.isDisjoint(with: permittedRoles) else { return }
        let clauses = permitted.count == 1 ? permitted[0].clauses : []
        throw clauses.reduce(PlatformRule.notPermitted.refusal()) { $0.under($1) }
            .comparing("expected", permittedRoles.sorted().joined(separator: ","), .code)
    }
}
