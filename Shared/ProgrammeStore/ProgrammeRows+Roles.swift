public import Kernel
import Programme

extension ProgrammeRows {
    /// Throws a refusal under QUAN-10 where none of `roles` may take a step of that command in any programme that this process has read. It goes
    /// before a case and its programme are loaded; which step it is, and whether the role may take it, the programme then says.
    ///
    /// - Parameter commands: the command's names in the programmes' procedures: several where one message stands for several.
    public static func mustTake(_ commands: String..., by roles: Set<String>) throws(Refusal) { try mustTake(commands, by: roles) }

    /// The same for a list of commands.
    public static func mustTake(_ commands: [String], by roles: Set<String>) throws(Refusal) {
        guard let may = ProgrammeCache.shared.roles(taking: commands), roles.isDisjoint(with: may) else { return }
        throw PlatformRule.notPermitted.refusal().comparing("expected", may.sorted().joined(separator: ","), .code)
    }
}
