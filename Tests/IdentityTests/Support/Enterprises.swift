import Foundation
import IdentityDomain
import Kernel
import Messages
import Testing

/// Sample registrations of enterprises.
enum Enterprises {
    /// A valid credit code of a kind of entity ("91": an enterprise).
    static func code(_ serial: Int = .random(in: 0..<1_000_000_000), kind: String = "91") throws -> String {
        let digits = String(serial)
        let body = "\(kind)110108" + String(repeating: "0", count: 9 - digits.count) + digits
        return body + String(try #require(CreditCode.checkCharacter(for: body)))
    }

    /// A small software firm in Haidian that meets every rule; the parameters change it.
    static func registration(
        _ id: UUID = UUID(), programme: String = Programmes.id, code: String? = nil, division: String = "110108", industry: String = "I65",
        employees: Int64 = 50, revenueYuan: Int64 = 5_000_000, isLegalPerson: Bool = true, kind: String = "91",
        beneficiary: String = "sme", knownProgrammeVersion: Int64? = nil
    ) throws -> RegisterEnterprise {
        RegisterEnterprise(
            enterpriseID: id, programmeID: programme, name: "北京某科技有限公司", creditCode: try code ?? Self.code(kind: kind),
            beneficiary: beneficiary, registeredDivision: division, industryCode: industry, employees: employees,
            revenueFen: Fen(revenueYuan * 100), assetsFen: Fen(100_000_000), isLegalPerson: isLegalPerson,
            establishedOn: try CalendarDate("2019-04-01"), knownProgrammeVersion: knownProgrammeVersion)
    }

    static func actor(_ id: UUID, _ role: String = "enterprise") -> Actor { Actor(person: "p-1", organisation: id, roles: [role]) }
}
