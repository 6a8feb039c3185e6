public import Kernel
public import Programme

extension Disbursement {
    /// The step that a command takes from here, or why it may not be taken: by the programme's procedure, by who took which step before, and
    /// because the disbursement is held.
    public func step(_ command: String, by actor: Actor, reason: String? = nil, in programme: Programme) throws(Refusal) -> Step {
        let step = try programme.step(procedure: Self.procedure, command: command, state: state, roles: actor.roles)
        if let alarm, !(alarm == Self.returnedByBank && Self.returnCommands.contains(command)) {
            throw step.refusal(.stateDoesNotAllow, Self.isHeld).comparing("alarm", alarm, .code)
        }
        if step.needsReason, reason?.contains(where: { !$0.isWhitespace }) != true {
            throw step.refusal(.malformedMessage, LocalisedText(zh: "请写明理由。", en: "A reason must be given."))
                .comparing("missing", "reason", .code)
        }
        if let other = step.notBySameAs, takenBy[other]?.contains(actor.person) == true {
            throw step.refusal(.notPermitted, Self.secondPerson).comparing("notBySameAs", other, .code)
        }
        return step
    }

    /// Takes a step: the state it leads to, and who took it.
    public mutating func take(_ step: Step, by actor: Actor) {
        if let to = step.to { state = to }
        note(step, by: actor)
    }

    /// Notes who took a step that leads on only once more people have taken it.
    mutating func note(_ step: Step, by actor: Actor) {
        guard actor != .platform else { return }
        takenBy[step.id, default: []].append(actor.person)
    }

    /// The bank has given money of a paid disbursement back: an alarm; nil where one is raised already. People record what came in by the steps
    /// of a return of funds, which this alarm does not hold.
    public mutating func noteReturnByBank() -> String? {
        guard alarm == nil else { return nil }
        alarm = Self.returnedByBank
        return "alarm"
    }

    /// The alarm that the bank has given money back.
    public static let returnedByBank = "returned-by-bank"
    private static let returnCommands: Set<String> = ["report-refund", "demand-funds", "receive-funds"]

    static let secondPerson = LocalisedText(zh: "须由另一人办理。", en: "Another person has to do it.")
    private static let isHeld = LocalisedText(
        zh: "银行的答复前后矛盾或款项已被退回，该笔拨付已暂停，待核查。",
        en: "The bank's answers contradict each other, or it gave the money back; the disbursement is held until that is looked into.")
}

extension Step {
    /// A refusal of this step under one of the platform's rules and its own clauses.
    func refusal(_ rule: PlatformRule, _ detail: LocalisedText) -> Refusal {
        citation.clauses.reduce(rule.refusal(detail)) { $0.under($1) }
    }
}
