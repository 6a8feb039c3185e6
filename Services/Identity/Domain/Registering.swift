public import Foundation
public import Kernel
public import Messages
public import Programme

/// Decides about an enterprise's registration under one version of a programme, at one instant.
public struct Registering: Sendable {
    let programme: Programme
    let circumstances: Circumstances

    /// Decides under `programme` with `now` as the present.
    public init(_ programme: Programme, now: Date) {
        self.programme = programme
        circumstances = Circumstances(now: now)
    }

    /// Registers an enterprise, or takes down its particulars anew, and judges it at once (BJ26-25, BJ26-58).
    ///
    /// - Parameters:
    ///   - current: its registration in the programme; nil where it has none.
    ///   - holder: the organisation under which the credit code is registered in the programme; nil where it is not.
    ///   - credit: what credit registers say of it.
    /// - Throws: a refusal where it may not register; that it is not entitled is no refusal of the registration but stands in it.
    public func register(
        _ command: RegisterEnterprise, by actor: Actor, current: Registration?, holder: UUID?, credit: CreditStanding
    ) throws(Refusal) -> Registration {
        try actor.mustActFor(command.enterpriseID)
        let state = try enter(from: current?.state ?? Procedure.start, actor)
        let particulars = try Particulars(command, under: programme, today: try? BeijingTime.date(at: circumstances.now))
        if let holder, holder != command.enterpriseID {
            throw PlatformRule.notPermitted.refusal(
                LocalisedText(
                    zh: "该统一社会信用代码已由另一单位账户在本项目登记。",
                    en: "This credit code is already registered in the programme by another organisation."))
        }
        var registration =
            current
            ?? Registration(
                enterpriseID: command.enterpriseID, programmeID: programme.id, programmeVersion: programme.version,
                particulars: particulars, state: state)
        registration.programmeVersion = programme.version
        registration.particulars = particulars
        registration.state = state
        return judged(registration, credit: credit)
    }

    /// The state an enterprise comes to that presents itself. Where the procedure judges again from a state, it may do so there too, and stays.
    private func enter(from state: String, _ actor: Actor) throws(Refusal) -> String {
        let entering = try programme.entering()
        let judges = programme.steps(procedure: RegistrationCommand.procedure, from: state)
            .contains { $0.command == RegistrationCommand.judge }
        guard judges, state != Procedure.start, !entering.from.contains(state) else {
            let step = try programme.registrationStep(entering.command, from: state, roles: actor.roles, circumstances)
            return step.to ?? state
        }
        guard !actor.roles.isDisjoint(with: entering.by) else {
            throw entering.citation.clauses.reduce(PlatformRule.notPermitted.refusal()) { $0.under($1) }
                .comparing("expected", entering.by.joined(separator: ","), .code)
        }
        return state
    }

    /// Judges an enterprise where the procedure lets the platform do so; otherwise nothing changes. All that speaks against it stands in the
    /// result.
    public func judged(_ registration: Registration, credit: CreditStanding) -> Registration {
        let state = registration.state
        guard
            let step = try? programme.step(
                procedure: RegistrationCommand.procedure, command: RegistrationCommand.judge, state: state,
                roles: RegistrationCommand.platform)
        else { return registration }
        let facts = registration.particulars.facts(with: credit)
        let against = programme.eligibility(of: facts, at: StepReference(RegistrationCommand.procedure, step.id), circumstances)
        guard against.isEmpty else { return refused(registration, against) }
        var judged = registration
        judged.refusals = programme.refusals(before: step, otherStates: [RegistrationCommand.procedure: state], circumstances)
        guard judged.refusals.isEmpty else { return judged }
        grant(step, to: &judged, facts)
        return judged
    }

    private func refused(_ registration: Registration, _ refusals: [Refusal]) -> Registration {
        var refused = registration
        refused.refusals = refusals
        let step = try? programme.step(
            procedure: RegistrationCommand.procedure, command: RegistrationCommand.refuse, state: registration.state,
            roles: RegistrationCommand.platform)
        refused.state = step?.to ?? registration.state
        return refused
    }

    func grant(_ step: Step, to registration: inout Registration, _ facts: EnterpriseFacts) {
        let tier = programme.tier(of: facts)
        registration.state = step.to ?? registration.state
        (registration.tier, registration.quotaFen, registration.refusals) = (tier?.id, tier?.quota, [])
    }

    /// When to judge again an enterprise against which nothing stands but that the window has not opened yet; nil for any other.
    public func judgeAgain(_ registration: Registration) -> Date? {
        guard
            let step = try? programme.step(
                procedure: RegistrationCommand.procedure, command: RegistrationCommand.judge, state: registration.state,
                roles: RegistrationCommand.platform),
            let window = step.window, let opens = programme.span(ofWindow: window)?.opens, opens > circumstances.now,
            registration.refusals == programme.refusals(before: step, otherStates: [:], circumstances)
        else { return nil }
        return opens
    }
}
