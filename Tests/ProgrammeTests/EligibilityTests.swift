import Foundation
import Kernel
import Programme
import Testing

@Suite("Eligibility")
struct EligibilityTests {
    static func enterprise() throws -> EnterpriseFacts {
        EnterpriseFacts(
            creditCode: try code("91110108MA0000000"), registeredDivision: "110108", sizeClass: .small, isLegalPerson: true,
            establishedOn: try day("2020-01-01"), industryGroup: .softwareAndInformationTechnology, lists: [], negativeRecords: [])
    }

    static func code(_ body: String) throws -> CreditCode {
        try CreditCode(body + String(try #require(CreditCode.checkCharacter(for: body))))
    }

    /// A case refused by one clause.
    struct Case: Sendable {
        let clause: String
        let slug: String
        let step: StepReference
        let spoil: @Sendable (inout EnterpriseFacts) throws -> Void
    }

    static let entitle = StepReference("registration", "entitle")
    static let credit = StepReference("order", "confirm-credit")
    static let cases = [
        Case(clause: "BJ26-01", slug: "not-registered-in-beijing", step: entitle) { $0.registeredDivision = "120101" },
        Case(clause: "BJ26-01", slug: "not-an-sme", step: entitle) { $0.sizeClass = .large },
        Case(clause: "BJ26-44", slug: "not-a-legal-person", step: entitle) { $0.isLegalPerson = false },
        Case(clause: "BJ26-44", slug: "not-an-enterprise", step: entitle) { $0.creditCode = try code("52110108MA0000000") },
        Case(clause: "BJ26-27", slug: "enterprise-negative-record", step: credit) {
            $0.negativeRecords = [DatedRecord(kind: "tax", on: try day("2024-01-01"))]
        },
        Case(clause: "BJ26-27", slug: "enterprise-dishonest-debtor", step: credit) { $0.lists = ["dishonest-debtor"] },
    ]

    @Test("each clause alone refuses the case that violates it, and without the clause it passes", arguments: cases.indices)
    func clause(_ index: Int) throws {
        let test = Self.cases[index]
        let programme = try Files.beijing2026().programme
        let circumstances = Circumstances(now: try beijing("2026-05-20"))
        var enterprise = try Self.enterprise()
        #expect(programme.eligibility(of: enterprise, at: test.step, circumstances).isEmpty)
        try test.spoil(&enterprise)
        let refusals = programme.eligibility(of: enterprise, at: test.step, circumstances)
        #expect(refusals.map(\.slug) == [test.slug])
        let refusal = try #require(refusals.first)
        #expect(refusal.clauses == [test.clause])
        #expect(!refusal.numbers.isEmpty && !refusal.message.zh.isEmpty && !refusal.message.en.isEmpty)
        let without = programme.without(clause: test.clause)
        #expect(!without.removed.isEmpty)
        #expect(without.programme.eligibility(of: enterprise, at: test.step, circumstances).isEmpty)
    }

    @Test("an entry counts for three years, including the last day, and only for the named kinds")
    func cleanRecord() throws {
        let programme = try Files.beijing2026().programme
        let circumstances = Circumstances(now: try beijing("2026-05-20"))
        for (kind, date, isRefused) in [
            ("tax", "2023-05-20", true), ("tax", "2023-05-19", false), ("environment", "2026-05-01", true), ("labour", "2026-05-01", false),
        ] {
            var enterprise = try Self.enterprise()
            enterprise.negativeRecords = [DatedRecord(kind: kind, on: try day(date))]
            #expect(programme.eligibility(of: enterprise, at: Self.credit, circumstances).isEmpty != isRefused, "\(kind) \(date)")
        }
    }

    @Test("unknown facts refuse, and the refusal names them")
    func unknown() throws {
        let programme = try Files.beijing2026().programme
        var enterprise = try Self.enterprise()
        enterprise.negativeRecords = nil
        enterprise.sizeClass = nil
        let circumstances = Circumstances(now: try beijing("2026-05-20"))
        let credit = try #require(programme.eligibility(of: enterprise, at: Self.credit, circumstances).first)
        #expect(credit.clauses == ["BJ26-27"])
        #expect(credit.numbers == [RefusalNumber(name: "missing", value: .text("enterprise.negativeRecords"), unit: .code)])
        #expect(programme.eligibility(of: enterprise, at: Self.entitle, circumstances).map(\.slug) == ["not-an-sme"])
    }

    @Test("the tier is the highest whose list contains the enterprise; otherwise the last")
    func tiers() throws {
        let programme = try Files.sample("beijing-2024").programme
        #expect(programme.tier(lists: ["beijing-srdi", "national-little-giant"], beneficiary: "sme")?.quota == yuan(200_000))
        #expect(programme.tier(lists: ["beijing-srdi"], beneficiary: "sme")?.id == "srdi")
        #expect(programme.tier(lists: [], beneficiary: "sme")?.quota == yuan(20_000))
        let hangzhou = try Files.sample("hangzhou-2026").programme
        #expect(hangzhou.tier(lists: ["high-star-park"], beneficiary: "park")?.quota == yuan(20_000))
        #expect(hangzhou.tier(lists: ["high-star-park"], beneficiary: "sme")?.quota == yuan(5_000))
        #expect(hangzhou.tier(lists: ["innovative-sme"], beneficiary: "sme")?.quota == yuan(10_000))
        #expect(try Files.beijing2026().programme.tier(of: Self.enterprise())?.quota == yuan(200_000))
    }

    @Test("conditions for one kind of beneficiary do not apply to another")
    func beneficiaries() throws {
        let programme = try Files.sample("hangzhou-2026").programme
        let circumstances = Circumstances(now: try beijing("2026-06-01"))
        let confirm = StepReference("registration", "confirm")
        var park = try Self.enterprise()
        park.registeredDivision = "330106"
        park.beneficiary = "park"
        park.sizeClass = nil
        park.establishedOn = try day("2026-05-01")
        park.lists = ["provincial-park"]
        #expect(programme.eligibility(of: park, at: confirm, circumstances).isEmpty)
        park.beneficiary = "sme"
        #expect(Set(programme.eligibility(of: park, at: confirm, circumstances).map(\.slug)) == ["one-year", "sme-by-size"])
    }

    @Test("law firms without an entry on Credit China pass with a proof recognised by their trade")
    func alternativeProof() throws {
        let programme = try Files.sample("beijing-2024").programme
        let circumstances = Circumstances(now: try beijing("2024-06-01"))
        var firm = try Self.enterprise()
        firm.negativeRecords = nil
        #expect(programme.eligibility(of: firm, at: Self.credit, circumstances).count == 1)
        firm.declarations = ["trade-recognised-credit-proof"]
        #expect(programme.eligibility(of: firm, at: Self.credit, circumstances).isEmpty)
    }
}
