import Kernel
import Testing

@Suite struct DivisionTests {
    @Test("the divisions equal the reference file, row by row")
    func reference() throws {
        let rows = try Facts.rows("districts.csv")
        #expect(Division.all.map(\.code) == rows.map { $0["code"] })
        for (division, row) in zip(Division.all, rows) {
            #expect(division.name == row["name"] && division.cityCode == row["city_code"], "\(row)")
            #expect(try Self.words(division.kind) == [row.field("kind"), row.field("status")], "\(row)")
            #expect(Division.find(division.code) == division)
            guard case .abolished(let abolition) = division.kind else { continue }
            let note = try row.field("note")
            let years = abolition.firstYear.map { "in use \($0)-\(abolition.lastYear);" } ?? "in use to \(abolition.lastYear);"
            #expect(note.hasPrefix(years), "\(note)")
            #expect(note.matches(of: /\d{6}/).map { String($0.output) } == abolition.successors, "\(note)")
        }
    }

    @Test("a division's city has the name in the reference file")
    func cities() throws {
        for row in try Facts.rows("districts.csv") {
            let city = try #require(Division.find(try row.field("city_code")))
            // GB/T 2260 heads a municipality's districts with a placeholder, which is named after the municipality.
            #expect(try city.name.hasPrefix(row.field("city")), "\(row)")
        }
    }

    @Test("codes are unique, and the successors of an abolished division are current districts of the same city")
    func consistent() throws {
        #expect(Set(Division.all.map(\.code)).count == Division.all.count)
        for division in Division.all {
            guard case .abolished(let abolition) = division.kind else { continue }
            #expect(!abolition.successors.isEmpty)
            for code in abolition.successors {
                let successor = try #require(Division.find(code))
                #expect(successor.isCurrentDistrict && successor.cityCode == division.cityCode)
            }
        }
    }

    @Test("a city's current districts exclude abolished divisions and registration codes")
    func districtsOfToday() {
        #expect(Division.districts(ofCity: "330100").map(\.name).count == 13)
        #expect(Division.districts(ofCity: "110100").count == 16 && Division.districts(ofCity: "440100").count == 11)
        #expect(Division.districts(ofCity: "330100").contains { $0.name == "临平区" })
        #expect(!Division.districts(ofCity: "330100").contains { $0.name == "下城区" })
        #expect(Division.districts(ofCity: "999999").isEmpty && Division.find("") == nil)
        for code in ["110302", "440101", "330100", "110000", "440116"] { #expect(Division.find(code)?.isCurrentDistrict == false) }
    }

    private static func words(_ kind: Division.Kind) -> [String] {
        switch kind {
        case .district: ["district", "current"]
        case .county: ["county", "current"]
        case .countyLevelCity: ["county-level city", "current"]
        case .city: ["city", "current"]
        case .province: ["province", "current"]
        case .zone: ["registration-only", "not GB/T 2260"]
        case .placeholder: ["registration-only", "GB/T 2260 市辖区 placeholder"]
        case .abolished: ["abolished", "abolished"]
        }
    }
}
