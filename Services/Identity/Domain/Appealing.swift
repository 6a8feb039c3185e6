import Foundation
public import Kernel
public import Messages
import Programme

/// An enterprise that holds itself entitled appeals, and an officer decides (BJ26-26).
extension Registering {
    /// Takes down an appeal. Throws where the procedure has none from this state, for another's enterprise, without a reason, and without the
    /// papers that the programme asks for.
    public func appeal(_ command: AppealEntitlement, by actor: Actor, of registration: Registration) throws(Refusal) -> Registration {
        try actor.mustActFor(command.enterpriseID)
        let step = try programme.registrationStep(
            RegistrationCommand.appeal, from: registration.state, roles: actor.roles, circumstances)
        let reason = step.needsReason ? try Self.reason(command.reason) : command.reason
        guard command.evidence.count <= 50, command.evidence.allSatisfy({ ContentHash(hexadecimal: $0) != nil }) else {
            throw Texts.malformed(
                "evidence", zh: "证明材料以上传文件的 SHA-256 引用，最多50份。", en: "Evidence is named by the SHA-256 of uploaded files, 50 at most.")
        }
        let reference = StepReference(RegistrationCommand.procedure, step.id)
        let asked = programme.documents.filter { $0.steps.contains(reference) }
        let counts = Dictionary(asked.map { ($0.id, Set(command.evidence).count) }) { first, _ in first }
        let facts = registration.particulars.facts(with: .unknown).facts
        if let missing = programme.missingDocuments(at: reference, counts: counts, facts, circumstances).first { throw missing }
        var appealed = registration
        appealed.state = step.to ?? registration.state
        appealed.appeal = EntitlementAppeal(reason: reason, evidence: command.evidence, appealedAt: circumstances.now)
        return appealed
    }

    /// Decides an appeal. Where it is upheld the enterprise is entitled, whatever spoke against it; a rejected one keeps what did.
    public func decide(
        _ command: DecideAppeal, by actor: Actor, of registration: Registration, credit: CreditStanding
    ) throws(Refusal) -> Registration {
        let step = try programme.registrationStep(
            RegistrationCommand.deciding(command), from: registration.state, roles: actor.roles,
            circumstances)
        let reason = step.needsReason ? try Self.reason(command.reason) : command.reason
        var decided = registration
        if command.isGranted {
            grant(step, to: &decided, registration.particulars.facts(with: credit))
        } else {
            decided.state = step.to ?? registration.state
        }
        decided.appeal?.decision = EntitlementAppeal.Decision(
            isGranted: command.isGranted, reason: reason, decidedAt: circumstances.now)
        return decided
    }

    private static func reason(_ text: String) throws(Refusal) -> String {
        try Texts.checked(text, "reason", zh: "理由", atMost: 2000)
    }
}
