import Foundation
import Kernel
import Programme
import Testing

@Suite("Admission")
struct AdmissionTests {
    private let submit = StepReference("application", "submit")
    private let approve = StepReference("application", "approve")

    private func outcome(_ rule: String, _ facts: Facts) throws -> RuleOutcome {
        let programme = try Files.beijing2026().programme
        return programme.outcome(of: try #require(programme.rule(rule)), facts, Circumstances(now: try beijing("2026-03-01")))
    }

    @Test("an institution registered outside Beijing must prove premises there; one in Beijing need not")
    func premises() throws {
        let elsewhere = Facts().with("institution", "registeredDivision", .text("330106"))
        let here = Facts().with("institution", "registeredDivision", .text("110105"))
        #expect(try outcome("institution-beijing-premises", here) == .holds)
        #expect(try outcome("institution-beijing-premises", elsewhere.with("institution", "hasBeijingPremises", .flag(true))) == .holds)
        #expect(try outcome("institution-beijing-premises", elsewhere.with("institution", "hasBeijingPremises", .flag(false))) != .holds)
        #expect(try outcome("institution-beijing-premises", elsewhere) == .unknown([FieldName("institution", "hasBeijingPremises")]))
    }

    @Test("chip testing: more than 100 sets of equipment, or CNAS", arguments: [(100, false, false), (101, false, true), (0, true, true)])
    func anyOf(_ sets: Int64, _ cnas: Bool, _ holds: Bool) throws {
        let facts = Facts().with("product", "service", .text("chip-testing")).with("institution", "equipmentSets", .count(sets))
            .with("institution", "qualifications", .names(cnas ? ["cnas"] : []))
        #expect((try outcome("chip-testing-equipment", facts) == .holds) == holds)
    }

    @Test("a rule of one category does not apply to another")
    func categories() throws {
        let programme = try Files.beijing2026().programme
        let dcmm = Set(programme.rules(at: submit, category: "dcmm").map(\.id))
        let design = Set(programme.rules(at: submit, category: "industrial-design").map(\.id))
        #expect(dcmm.isSuperset(of: ["dcmm-assessor-held", "dcmm-level", "institution-age"]))
        #expect(design.isDisjoint(with: ["dcmm-assessor-held", "dcmm-level"]))
        #expect(design.contains("institution-age"))
    }

    @Test("a price above the average is accepted only with a reviewer's recorded reason")
    func excuse() throws {
        let dear = Facts().with("product", "guideHigh", .amount(Fen(101))).with("product", "averagePrice", .amount(Fen(100)))
        guard case .refused(let refusal) = try outcome("product-price-not-above-average", dear) else {
            Issue.record("a dearer price is refused")
            return
        }
        #expect(refusal.slug == "product-price-above-average")
        var excused = dear
        excused[.excuse("product-price-not-above-average")] = .text("市场上无同类产品")
        #expect(try outcome("product-price-not-above-average", excused) == .holds)
        let revenue = Facts().with("institution", "revenueLastYear", .amount(yuan(7_999_999)))
        var notExcusable = revenue
        notExcusable[.excuse("institution-revenue")] = .text("x")
        #expect(try outcome("institution-revenue", notExcusable) != .holds)
    }

    @Test("a judged rule is unknown without an answer, and refuses if the answer is no")
    func judged() throws {
        #expect(try outcome("product-useful", Facts()) == .unknown([.judgement("product-useful")]))
        #expect(try outcome("product-useful", Facts([.judgement("product-useful"): .flag(true)])) == .holds)
        #expect(try outcome("product-useful", Facts([.judgement("product-useful"): .flag(false)])) != .holds)
    }

    @Test("a preference never refuses and is shown to the reviewer")
    func preference() throws {
        let programme = try Files.beijing2026().programme
        let now = Circumstances(now: try beijing("2026-03-01"))
        let none = Facts().with("product", "srdiCustomers", .count(0))
        #expect(!programme.refusals(at: approve, none, now).contains { $0.slug == "product-served-srdi" })
        #expect(programme.preferences(at: approve, none, now).map(\.holds) == [false])
        #expect(programme.preferences(at: approve, none.with("product", "srdiCustomers", .count(3)), now).map(\.holds) == [true])
    }

    @Test("all faults of a form are reported: required fields, bounds, types, options")
    func form() throws {
        let programme = try Files.beijing2026().programme
        let form = try #require(programme.form("product-application"))
        let empty = programme.refusals(of: form, Facts())
        #expect(empty.count == form.fields.count { $0.isRequired })
        #expect(!empty.contains { $0.slug.hasSuffix("srdicustomers") })
        let long = Facts().with("product", "introduction", .text(String(repeating: "好", count: 301)))
            .with("product", "proofs", .names(["ip", "guess"])).with("product", "averagePrice", .text("100"))
        let wrong = programme.refusals(of: form, long)
        let introduction = try #require(wrong.first { $0.slug == "form-product-application-introduction" })
        #expect(introduction.numbers.first == RefusalNumber(name: "introduction", value: .integer(301), unit: .characters))
        #expect(introduction.clauses.contains("BJ26-51"))
        #expect(wrong.contains { $0.slug == "form-product-application-proofs" && $0.message.en.contains("no such option") })
        #expect(wrong.contains { $0.slug == "form-product-application-averageprice" && $0.message.en.contains("must be of type amount") })
        #expect(
            !programme.refusals(of: form, long.with("product", "introduction", .text("好"))).contains { $0.slug.hasSuffix("introduction") })
    }

    @Test("BJ26-04: domains and directions have the official names, word for word")
    func officialNames() throws {
        let programme = try Files.beijing2026().programme
        #expect(programme.domains.map(\.title.zh) == ["数智赋能", "创新赋能", "绿色低碳"])
        #expect(
            programme.categories.map(\.title.zh) == [
                "大模型应用", "数智转型系统", "数据管理能力成熟度评估(DCMM)", "数据安全与网络安全", "工业设计", "中试服务", "芯片测试和认证",
                "能源管理体系建设咨询和认证", "能源审计", "碳足迹认证",
            ])
    }

    @Test("papers: five sets or another proof, fifteen contracts or another proof, one of three accounts")
    func papers() throws {
        let programme = try Files.beijing2026().programme
        let now = Circumstances(now: try beijing("2026-03-01"))
        let facts = Facts().with("institution", "registeredDivision", .text("110105")).with("product", "usesLargeModel", .flag(false))
        var counts = Dictionary(
            uniqueKeysWithValues: [
                "licence", "premises-proof", "audit-report", "commitment", "form-spreadsheet", "form-scan", "quotation",
                "ip-proof", "customer-list",
            ].map { ($0, 1) })
        counts["sme-contracts"] = 15
        counts["price-sets"] = 5
        func missing(_ facts: Facts) -> [String] { programme.missingDocuments(at: submit, counts: counts, facts, now).map(\.slug) }
        #expect(missing(facts) == [])
        counts["price-sets"] = 4
        #expect(Set(missing(facts)) == ["document-price-sets-missing", "document-price-support-missing"])
        counts["price-support"] = 1
        #expect(missing(facts) == [])
        #expect(missing(facts.with("product", "usesLargeModel", .flag(true))) == ["document-model-filing-proof-missing"])
        #expect(missing(facts.with("institution", "registeredDivision", .text("330106"))) == ["document-beijing-premises-proof-missing"])
        counts["sme-contracts"] = 14
        #expect(missing(facts).contains("document-sme-contracts-missing"))
    }
}
