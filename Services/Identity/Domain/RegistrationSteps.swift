import Kernel
public import Messages
import Programme

/// The commands of a programme's procedure `registration` that identity knows how to take. Which of them there are, from which states and by
/// whom, the programme says.
public enum RegistrationCommand {
    /// The procedure.
    public static let procedure = "registration"
    /// The enterprise presents itself: programmes name it the one or the other way.
    public static let entering = ["certify-enterprise", "register-enterprise"]
    /// The platform finds that it is entitled.
    static let judge = "judge-enterprise"
    /// The platform finds that it is not.
    static let refuse = "refuse-enterprise"
    /// The enterprise appeals.
    public static let appeal = "appeal-entitlement"
    /// An officer finds for it.
    static let uphold = "uphold-appeal"
    /// An officer finds against it.
    static let reject = "reject-appeal"
    /// The platform's own role.
    static let platform: Set<String> = ["platform"]

    /// The command that decides an appeal one way or the other.
    public static func deciding(_ command: DecideAppeal) -> String { command.isGranted ? uphold : reject }
}

extension Programme {
    /// The step that a command of the procedure takes, its window and needs met. Throws why not.
    func registrationStep(
        _ command: String, from state: String, roles: Set<String>, _ circumstances: Circumstances
    ) throws(Refusal) -> Step {
        let step = try step(procedure: RegistrationCommand.procedure, command: command, state: state, roles: roles)
        if let refusal = refusals(before: step, otherStates: [RegistrationCommand.procedure: state], circumstances).first { throw refusal }
        return step
    }

    /// The step by which an enterprise presents itself. Throws QUAN-07 where the programme has none.
    func entering() throws(Refusal) -> Step {
        guard let step = procedure(RegistrationCommand.procedure)?.steps.first(where: { RegistrationCommand.entering.contains($0.command) })
        else {
            throw PlatformRule.unknownReference.refusal(
                LocalisedText(zh: "本项目没有企业登记环节。", en: "The programme has no registration of enterprises."))
        }
        return step
    }
}
