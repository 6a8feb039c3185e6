import Foundation
import Kernel

/// Generates the institutions, products and enterprises of a season from its seed.
struct ParticipantGenerator {
    private var random: SplitMix64
    private let size: SeasonSize
    private let namespace: UUID
    private var codes = 0

    init(seed: UInt64, size: SeasonSize) {
        random = SplitMix64(seed: seed, stream: 1)
        self.size = size
        namespace = UUIDv5.make(namespace: Self.seasons, name: "\(seed)")
    }

    private static let seasons = UUIDv5.make(
        namespace: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), name: "quan/season")

    mutating func institutions() -> [SeasonInstitution] {
        (0..<size.institutions).map { number in
            SeasonInstitution(
                id: UUIDv5.make(namespace: namespace, name: "institution/\(number)"),
                name: "北京\(Names.stem(number))\(Names.trades[number % Names.trades.count])服务有限公司", creditCode: code(of: "91", at: "110108"))
        }
    }

    mutating func products(_ institutions: [SeasonInstitution]) -> [SeasonProduct] {
        let ordinary = (0..<size.products).map { product($0, of: institutions.count, isScarce: $0 % 25 == 7) }
        let scarce = (0..<size.races).map { race in
            let base = product(size.products + race, of: institutions.count, isScarce: false)
            return SeasonProduct(
                institution: base.institution, name: base.name + "（限量）", category: base.category, service: base.service,
                guideLow: base.guideLow, guideHigh: base.guideHigh, stockVouchers: 3)
        }
        return ordinary + scarce
    }

    private mutating func product(_ number: Int, of institutions: Int, isScarce: Bool) -> SeasonProduct {
        let line = Names.lines[number % Names.lines.count]
        let low = Int64.random(in: line.yuan, using: &random) / 100 * 100
        let high = low + low * Int64.random(in: 0...5, using: &random) / 10
        let usual = max(Int64(size.orders / size.products), 5)
        return SeasonProduct(
            institution: number % institutions, name: "\(line.title)\(Names.stem(number))版", category: line.category, service: line.service,
            guideLow: Fen(low * 100), guideHigh: Fen(high * 100),
            stockVouchers: isScarce ? max(2, usual / 3) : usual * 4 + Int64.random(in: 0...20, using: &random))
    }

    mutating func enterprises() -> [SeasonEnterprise] {
        let causes = SeasonEnterprise.Ineligibility.allCases
        // About one in twenty is ineligible; each cause occurs at least once in every season.
        return (0..<size.enterprises).map { number in
            let ineligibility: SeasonEnterprise.Ineligibility? =
                number < causes.count ? causes[number] : random.chance(4) ? random.pick(causes, or: .large) : nil
            return enterprise(number, ineligibility)
        }
    }

    private mutating func enterprise(_ number: Int, _ ineligibility: SeasonEnterprise.Ineligibility?) -> SeasonEnterprise {
        let industry = Names.industries[number % Names.industries.count]
        let employees: Int64 =
            ineligibility == .large
            ? 4_000
            : [Int64.random(in: 2...9, using: &random), .random(in: 10...99, using: &random), .random(in: 100...280, using: &random)][
                number % 3]
        let yuan = ineligibility == .large ? 5_000_000_000 : employees * 400_000
        let division = ineligibility == .elsewhere ? "440106" : Names.districts[number % Names.districts.count]
        var creditCode = code(of: ineligibility == .notEnterprise ? "52" : "91", at: division)
        if ineligibility == .wrongCode { creditCode = String(creditCode.dropLast()) + (creditCode.hasSuffix("0") ? "1" : "0") }
        return SeasonEnterprise(
            id: UUIDv5.make(namespace: namespace, name: "enterprise/\(number)"),
            name: "\(ineligibility == .elsewhere ? "广州" : "北京")\(Names.stem(number))\(industry.word)有限公司", creditCode: creditCode,
            division: division,
            industryCode: industry.code, employees: employees, revenue: Fen(yuan * 100), assets: Fen(yuan * 80),
            ineligibility: ineligibility)
    }

    /// A well-formed credit code of that kind in that division. It contains an organisation code with a check character of its own; the
    /// platform verifies only the check character of the whole credit code.
    private mutating func code(of kind: String, at division: String) -> String {
        codes += 1
        let number = String(codes + 10_000_000)
        let body = kind + division + String(number.suffix(8)) + OrganisationCode.check(String(number.suffix(8)))
        return body + (CreditCode.checkCharacter(for: body).map(String.init) ?? "0")
    }
}

/// The organisation code inside a credit code: eight characters and a check (GB 11714).
enum OrganisationCode {
    static func check(_ digits: String) -> String {
        let weights = [3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(digits.compactMap(\.wholeNumberValue), weights).reduce(0) { $0 + $1.0 * $1.1 }
        let check = 11 - sum % 11
        return check == 10 ? "X" : check == 11 ? "0" : "\(check)"
    }
}
