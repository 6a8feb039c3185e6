import Foundation
import Kernel

extension Deciding {
    /// Refuses an order whose enterprise and institution are one organisation, or two that bear one credit code (QUAN-31): nobody is paid by
    /// the city for what it sells to itself. A code that is not known here yet is asked for again at each step that leads to payment.
    static func mustBeTwo(_ enterprise: Order.Party, _ institution: Order.Party) throws(Refusal) {
        guard enterprise.id != institution.id else {
            throw PlatformRule.sameParty.refusal().comparing("organisation", enterprise.id.keyText, .code)
        }
        guard let code = enterprise.creditCode.map(canonical), code == institution.creditCode.map(canonical) else { return }
        throw PlatformRule.sameParty.refusal().comparing("creditCode", code, .code)
    }

    /// A code as the registry writes it, however it was typed.
    private static func canonical(_ code: String) -> String { (try? CreditCode(typed: code))?.text ?? code.uppercased() }
}
