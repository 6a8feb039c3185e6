import Foundation
import Kernel
import Testing

@Suite struct RefusalTests {
    @Test("a refusal is built from its rule and keeps the compared values in order")
    func builder() {
        let remedy = LocalisedText(zh: "请改", en: "Mend it.")
        let refusal = PlatformRule.budgetExhausted.refusal()
            .under("BJ26-03").comparing("requested", Fen(500)).comparing("left", UInt64.max, .vouchers)
            .comparing("on", "2026-05-09", .date).withRemedy(remedy)
        #expect(refusal.clauses == ["QUAN-08", "BJ26-03"] && refusal.slug == "budget-exhausted" && refusal.remedy == remedy)
        #expect(
            refusal.numbers == [
                RefusalNumber(name: "requested", value: .integer(500), unit: .fen),
                RefusalNumber(name: "left", value: .integer(.max), unit: .vouchers),
                RefusalNumber(name: "on", value: .text("2026-05-09"), unit: .date),
            ])
    }

    @Test("a refusal has one JSON form, the same for the page, the audit log and the API")
    func coding() throws {
        let refusal = Refusal(
            slug: "yearly-cap", clause: "BJ26-03", message: LocalisedText(zh: "超出年度上限。", en: "Over the yearly cap.")
        ).comparing("limit", Fen(20_000_000)).comparing("day", "2026-05-09", .date)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = try encoder.encode(refusal)
        let expected =
            #"{"clauses":["BJ26-03"],"message":{"en":"Over the yearly cap.","zh":"超出年度上限。"},"#
            + #""numbers":[{"name":"limit","unit":"fen","value":20000000},{"name":"day","unit":"date","value":"2026-05-09"}],"#
            + #""slug":"yearly-cap"}"#
        #expect(String(decoding: json, as: UTF8.self) == expected)
        #expect(try JSONDecoder().decode(Refusal.self, from: json) == refusal)
    }

    @Test("a compared value is a whole number or a text, else a decoding error", arguments: ["1.5", "true", "null", "[]", "1e40"])
    func numberCoding(value: String) {
        let json = Data("{\"name\":\"limit\",\"unit\":\"fen\",\"value\":\(value)}".utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(RefusalNumber.self, from: json) }
    }

    @Test("every platform rule has a unique id QUAN-nn, numbered without gaps, and a unique slug")
    func registry() {
        let rules = PlatformRule.allCases
        #expect(rules.map(\.id) == (1...rules.count).map { $0 < 10 ? "QUAN-0\($0)" : "QUAN-\($0)" })
        #expect(Set(rules.map(\.text.slug)).count == rules.count)
        for rule in rules { #expect(rule.text.slug.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(rule)") }
    }

    @Test("every platform rule has a message and a remedy in Chinese and English", arguments: PlatformRule.allCases)
    func texts(rule: PlatformRule) {
        for text in [rule.text.message, rule.text.remedy] {
            #expect(text.zh.hasSuffix("。") && text.zh.contains { ("一"..."龥").contains($0) })
            #expect(text.en.hasSuffix(".") && text.en.allSatisfy(\.isASCII) && text.en.first?.isUppercase == true)
        }
        let refusal = rule.refusal(LocalisedText(zh: "细节。", en: "Detail."))
        #expect(refusal.clauses == [rule.id] && refusal.slug == rule.text.slug && refusal.remedy == rule.text.remedy)
        #expect(refusal.message.zh == rule.text.message.zh + "细节。" && refusal.message.en == rule.text.message.en + " Detail.")
    }
}
