import Kernel
import Testing

@Suite struct IndustryCodeTests {
    @Test("every division of the reference map has its group, without section, with section, and in its four-digit classes")
    func referenceMap() throws {
        for row in try Facts.rows("sme-gbt4754-map.csv") {
            let (section, division) = (try row.field("section"), try row.field("division"))
            let ends = division.split(separator: "-").map(String.init)
            let (first, last) = (try #require(Int(ends[0])), try #require(Int(ends[ends.count - 1])))
            for number in first...last {
                let code = number < 10 ? "0\(number)" : "\(number)"
                for form in [code, section + code, code + (code.count == 2 ? "12" : "0")] {
                    #expect(try Self.agrees(IndustryGroup.of(industryCode: form), row), "\(form): \(row)")
                }
            }
        }
    }

    @Test("the map has exactly the two-digit divisions 01 to 97")
    func complete() {
        for number in 0...99 {
            let answer = IndustryGroup.of(industryCode: number < 10 ? "0\(number)" : "\(number)")
            #expect((answer == .unknownCode) == !(1...97).contains(number), "\(number)")
        }
    }

    @Test("a code that covers more than one group needs more digits", arguments: ["59", "70", "G59", "K", "F", "G", "Q"])
    func tooShort(code: String) {
        #expect(IndustryGroup.of(industryCode: code) == .needsMoreDigits)
    }

    @Test("a section of one group needs no digits", arguments: [("A", IndustryGroup.agriculture), ("C", .industry), ("R", .other)])
    func wholeSection(section: String, group: IndustryGroup) {
        #expect(IndustryGroup.of(industryCode: section) == .group(group))
    }

    @Test(
        "a code outside the classification is unknown",
        arguments: [
            "", "6", "98", "00", "590", "705", "A65", "I66", "U01", "a01", "65101", "6５", "I 65", "65-", "ZZ", "999999999999999999999",
        ])
    func unknown(code: String) {
        #expect(IndustryGroup.of(industryCode: code) == .unknownCode)
    }

    private static func agrees(_ answer: IndustryAnswer, _ row: [String: String]) throws -> Bool {
        let key = try row.field("group_key")
        switch answer {
        case .group(let group): return group.rawValue == key
        case .notCovered(let reason): return try key.isEmpty && !row.field("note").contains("ask operator") && !reason.zh.isEmpty
        case .undecided(let reason): return try row.field("note").contains("ask operator") && !reason.en.isEmpty
        case .needsMoreDigits, .unknownCode: return false
        }
    }
}
