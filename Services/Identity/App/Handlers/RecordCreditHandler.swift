import Access
import IdentityDomain
import Kernel
import Messages
import Messaging

/// Takes down what credit registers say of an organisation, in place of what was recorded before.
struct RecordCreditHandler: JudgesSender {
    func mayAct(_ input: RecordCredit, as principal: Principal) throws(Refusal) {
        try CreditStanding.mustRecord(principal.roles)
    }

    func wants(_ input: RecordCredit, in rows: inout IdentityRows) {
        if let code = try? CreditCode(typed: input.creditCode) { rows.credit.want(code) }
    }

    func handle(_ input: RecordCredit, context: HandlingContext, rows: inout IdentityRows, say: inout Said) throws {
        let actor = try rows.actor(try sender(of: input, context, in: rows), in: nil)
        let standing = try CreditStanding(input, by: actor, today: try? BeijingTime.date(at: context.now))
        let code: CreditCode
        do throws(CreditCodeError) {
            code = try CreditCode(typed: input.creditCode)
        } catch {
            throw error.refusal
        }
        rows.credit.set(standing, of: code, at: context.now)
        try say.audit(["person": actor.person])
    }
}
