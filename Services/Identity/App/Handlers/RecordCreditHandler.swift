import Access
import IdentityDomain
import Kernel
import Messages
import Messaging

/// Records the content of credit registers for an organisation; it replaces the earlier record.
struct RecordCreditHandler: AuthorisesSender {
    func authorise(_ input: RecordCredit, as principal: Principal) throws(Refusal) {
        try CreditStanding.mustRecord(principal.roles)
    }

    func requestRows(for input: RecordCredit, in rows: inout IdentityRows) {
        if let code = try? CreditCode(typed: input.creditCode) { rows.credit.request(code) }
    }

    func handle(_ input: RecordCredit, context: HandlingContext, rows: inout IdentityRows, output: inout HandlerOutput) throws {
        let actor = try rows.actor(try sender(of: input, context, in: rows), in: nil)
        let standing = try CreditStanding(input, by: actor, today: try? BeijingTime.date(at: context.now))
        let code: CreditCode
        do throws(CreditCodeError) {
            code = try CreditCode(typed: input.creditCode)
        } catch {
            throw error.refusal
        }
        rows.credit.set(standing, of: code, at: context.now)
        try output.audit(["person": actor.person])
    }
}
