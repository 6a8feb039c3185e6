import Foundation
import Kernel
import Testing

@Suite struct SizeClassTests {
    let standard = SizeStandard.edition2011

    @Test("the bounds equal the reference table, row by row")
    func bounds() throws {
        let rows = try Facts.rows("sme-size-2011.csv")
        for row in rows {
            let group = try #require(IndustryGroup(rawValue: try row.field("key")))
            #expect(group.name == row["name"] && IndustryGroup.allCases.firstIndex(of: group).map { "\($0 + 1)" } == row["no"])
            let bounds = try #require(standard.bounds(of: group).first { $0.indicator.rawValue == row["indicator"] })
            let unit: Int64 = row["unit"] == "person" ? 1 : 1_000_000
            let expected = try ["large_min", "medium_min", "small_min"].map { try #require(Int64(try row.field($0))) * unit }
            #expect([bounds.large, bounds.medium, bounds.small] == expected, "\(row)")
        }
        #expect(rows.count == IndustryGroup.allCases.reduce(0) { $0 + standard.bounds(of: $1).count })
    }

    @Test("the bounds equal the reference document")
    func document() throws {
        struct Document: Decodable {
            struct Group: Decodable {
                let no: Int, key: String, name: String
                let indicators: [String]
                let large_min: [String: Int64], medium_min: [String: Int64], small_min: [String: Int64]
            }
            let doc_no: String
            let groups: [Group]
        }
        let document = try JSONDecoder().decode(Document.self, from: Facts.data("sme-size-2011.json"))
        #expect(document.doc_no == standard.document)
        #expect(document.groups.map(\.key) == IndustryGroup.allCases.map(\.rawValue))
        for group in document.groups {
            let bounds = standard.bounds(of: try #require(IndustryGroup(rawValue: group.key)))
            #expect(bounds.map(\.indicator.rawValue) == group.indicators)
            for bound in bounds {
                let unit: Int64 = bound.indicator == .employees ? 1 : 1_000_000
                let key = bound.indicator.rawValue
                let expected = [group.large_min[key], group.medium_min[key], group.small_min[key]].map { $0.map { $0 * unit } }
                #expect([bound.large, bound.medium, bound.small] == expected)
            }
        }
    }

    @Test("every worked example gives its result")
    func examples() throws {
        for row in try Facts.rows("sme-size-examples.csv") {
            let group = try #require(IndustryGroup(rawValue: try row.field("group_key")))
            let figures = SizeFigures(
                employees: Int64(try row.field("employees")), revenue: try Self.money(try row.field("revenue_10k")),
                assets: try Self.money(try row.field("assets_10k")))
            #expect(try standard.sizeClass(of: group, figures).rawValue == row["expected"], "\(row)")
        }
    }

    @Test("a figure at a bound is in the higher class, one below it in the lower class", arguments: IndustryGroup.allCases)
    func atTheBounds(group: IndustryGroup) throws {
        for (sizeClass, below) in [(SizeClass.large, SizeClass.medium), (.medium, .small), (.small, .micro)] {
            let bounds = standard.bounds(of: group)
            let exact = Self.figures(bounds.map { ($0.indicator, $0.lowerBound(of: sizeClass)) })
            #expect(try standard.sizeClass(of: group, exact) == sizeClass)
            for short in bounds {
                let figures = bounds.map { ($0.indicator, $0.lowerBound(of: sizeClass) - ($0 == short ? 1 : 0)) }
                #expect(try standard.sizeClass(of: group, Self.figures(figures)) == below)
            }
        }
    }

    @Test("the class is the first of large, medium and small whose bounds are all reached, for any figures")
    func againstTheWording() throws {
        var random = SplitMix64(for: "the class is the first whose bounds are all met")
        for _ in 0..<3000 {
            let group = try #require(IndustryGroup.allCases.randomElement(using: &random))
            let values = SizeIndicator.allCases.map {
                ($0, Int64.random(in: 0...($0 == .employees ? 3000 : 300_000_000_000), using: &random))
            }
            let value = Dictionary(uniqueKeysWithValues: values)
            let expected = [SizeClass.large, .medium, .small].first { sizeClass in
                standard.bounds(of: group).allSatisfy { (value[$0.indicator] ?? -1) >= $0.lowerBound(of: sizeClass) }
            }
            #expect(try standard.sizeClass(of: group, Self.figures(values)) == expected ?? .micro)
        }
    }

    @Test("a missing or impossible figure is an error, unless the group does not use it")
    func errors() throws {
        #expect(throws: SizeError.missing(.revenue, .industry)) { try standard.sizeClass(of: .industry, SizeFigures(employees: 5)) }
        #expect(throws: SizeError.negative(.employees)) { try standard.sizeClass(of: .other, SizeFigures(employees: -1)) }
        #expect(throws: SizeError.negative(.assets)) {
            try standard.sizeClass(of: .construction, SizeFigures(revenue: .zero, assets: Fen(-1)))
        }
        #expect(try standard.sizeClass(of: .agriculture, SizeFigures(revenue: Fen(-1))) == .micro)
        #expect(SizeClass.micro < .small && SizeClass.small < .medium && SizeClass.medium < .large)
    }

    private static func money(_ tenThousandYuan: String) throws -> Fen? {
        tenThousandYuan.isEmpty ? nil : try Fen(yuan: tenThousandYuan).multiplied(by: 10_000)
    }

    private static func figures(_ values: [(SizeIndicator, Int64)]) -> SizeFigures {
        let value = Dictionary(uniqueKeysWithValues: values)
        return SizeFigures(employees: value[.employees], revenue: value[.revenue].map { Fen($0) }, assets: value[.assets].map { Fen($0) })
    }
}
