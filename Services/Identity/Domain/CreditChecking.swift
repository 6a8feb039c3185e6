public import Foundation
public import Kernel
public import Programme

/// Checks an enterprise's credit standing when it uses a voucher (BJ26-27).
public enum CreditChecking {
    /// Everything that speaks against it by the rules of the step that confirms an order's credit; nothing where the programme has no such
    /// step. An enterprise that is not registered in the programme is refused under QUAN-07.
    public static func refusals(
        of registration: Registration?, credit: CreditStanding, under programme: Programme, now: Date
    ) -> [Refusal] {
        guard let registration else {
            return [
                PlatformRule.unknownReference.refusal(
                    LocalisedText(zh: "该企业未在本项目登记。", en: "The enterprise is not registered in the programme."))
            ]
        }
        guard let step = programme.procedure("order")?.steps.first(where: { $0.command == "confirm-credit" }) else { return [] }
        return programme.eligibility(
            of: registration.particulars.facts(with: credit), at: StepReference("order", step.id), Circumstances(now: now))
    }
}
