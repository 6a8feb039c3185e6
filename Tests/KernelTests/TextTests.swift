import Foundation
import Kernel
import Testing

@Suite("Texts of messages")
struct TextTests {
    private struct Sample: Codable, Hashable {
        @Text<ContactText> var contact: String
        @OptionalText<ReasonText> var reason: String?
        @Texts<CodeText, [String]> var codes: [String]
    }

    private static func decode(_ json: String) throws -> Sample { try JSONDecoder().decode(Sample.self, from: Data(json.utf8)) }

    private static func fault(_ work: () throws -> Sample) -> TextFault.Reason? {
        do {
            _ = try work()
            return nil
        } catch let DecodingError.dataCorrupted(context) {
            return (context.underlyingError as? TextFault)?.reason
        } catch {
            return nil
        }
    }

    @Test("QUAN-01: a character of many bytes is refused by its bytes, before characters are counted")
    func bytes() throws {
        let one = "e" + String(repeating: "\u{0301}", count: 100_000)
        #expect(one.count == 1)
        #expect(ContactText.fault(in: one)?.reason == .bytes(given: 200_001))
        #expect(ContactText.fault(in: String(repeating: "券", count: 100)) == nil)
        #expect(ContactText.fault(in: String(repeating: "a", count: 101))?.reason == .characters(given: 101))
    }

    @Test(
        "QUAN-01: a text with a control character is refused",
        arguments: [0x00, 0x09, 0x0A, 0x0D, 0x7F, 0x9F, 0x2028, 0x2029, 0x202E, 0x2066, 0xFFFE] as [UInt32])
    func controls(code: UInt32) throws {
        let text = "a\(try #require(Unicode.Scalar(code)))b"
        #expect(ContactText.fault(in: text)?.reason == .controlCharacter)
        #expect(CodeText.fault(in: text)?.reason == .controlCharacter)
        let json = String(decoding: try JSONEncoder().encode(["contact": text]).dropLast(), as: UTF8.self) + #","codes":[]}"#
        #expect(Self.fault { try Self.decode(json) } == .controlCharacter)
        #expect(throws: EncodingError.self) { try JSONEncoder().encode(Sample(contact: text, reason: nil, codes: [])) }
    }

    @Test(
        "QUAN-01: a required text of only whitespace and invisible characters is refused",
        arguments: ["", " ", "\u{3000}", "\u{200B}", "\u{FEFF}\u{200D}"])
    func empty(text: String) {
        #expect(NameText.fault(in: text)?.reason == .empty)
        #expect(ReasonText.fault(in: text) == nil)
    }

    @Test("QUAN-01: a code and a person's reference have no whitespace", arguments: ["li ", " li", "l i", "li\u{00A0}", "li　"])
    func blanks(text: String) {
        #expect(CodeText.fault(in: text)?.reason == .blank)
        #expect(PersonText.fault(in: text)?.reason == .blank)
        #expect(NameText.fault(in: text) == nil)
    }

    @Test("a document may have line breaks, but no NUL")
    func document() {
        #expect(DocumentText.fault(in: "a: 1\r\n\tb: 2\n") == nil)
        #expect(DocumentText.fault(in: "a\0")?.reason == .controlCharacter)
    }

    @Test("names in any script are accepted: beyond the basic plane, composed emoji, combining marks")
    func scripts() {
        for text in ["北京𠮷野家&<测试>\"科技（集团）有限公司", "👨‍👩‍👧‍👦 有限公司", "Škoda Nguyễn", "a\u{0301}"] {
            #expect(NameText.fault(in: text) == nil)
        }
    }

    @Test("an omitted text stays omitted, and null is no text")
    func leftOut() throws {
        let sample = try Self.decode(#"{"contact":"a","codes":["x"]}"#)
        #expect(sample.reason == nil)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(sample), as: UTF8.self) == #"{"codes":["x"],"contact":"a"}"#)
        #expect(try Self.decode(#"{"contact":"a","reason":null,"codes":[]}"#).reason == nil)
    }

    @Test("QUAN-01: a list of texts is bounded, and the refusal names the index of the text")
    func lists() throws {
        let many = Array(repeating: "x", count: TextListLimits.most + 1)
        #expect(throws: EncodingError.self) { try JSONEncoder().encode(Sample(contact: "a", reason: nil, codes: many)) }
        do {
            _ = try Self.decode(#"{"contact":"a","codes":["x","y z"]}"#)
            Issue.record("a code with a blank was taken")
        } catch let DecodingError.dataCorrupted(context) {
            #expect(context.codingPath.map(\.stringValue) == ["codes", "Index 1"])
        }
    }

    @Test("a bank's text is truncated to the limit of a message, without control characters")
    func clipped() {
        let text = ReasonText.clipped("a\0b" + String(repeating: "券", count: 2000))
        #expect(text.hasPrefix("a\u{FFFD}b券") && ReasonText.fault(in: text) == nil)
        #expect(ReasonText.clipped("e" + String(repeating: "\u{0301}", count: 100_000)).isEmpty)
        #expect(BankReferenceText.clipped("REF1") == "REF1")
    }

    @Test("a refusal of a text names the field and the limit in both languages, and never repeats the text")
    func refusal() throws {
        let text = "secret" + String(repeating: "x", count: 200)
        let refusal = try #require(ContactText.fault(in: text)).refusal(field: "contact")
        #expect(refusal.clauses == ["QUAN-01"])
        #expect(refusal.message.en.contains("contact: a contact has at most 100 characters; this one has 206."))
        #expect(refusal.message.zh.contains("联系人最多100个字符"))
        #expect(!"\(refusal)".contains("secret"))
    }

    @Test("property: an accepted text is valid when it is encoded again, and a clipped text is always valid")
    func property() throws {
        var random = SplitMix64(for: "texts")
        let pieces = [
            "a", "券", "\0", "\n", " ", "\u{200B}", "e\u{0301}", "👨‍👩‍👧‍👦", "\u{202E}", "\"", "\\", "𠮷", String(repeating: "y", count: 70),
        ]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...120, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let clipped = ReasonText.clipped(text)
            #expect(ReasonText.fault(in: clipped) == nil)
            guard NameText.fault(in: text) == nil else { continue }
            #expect(text.count <= 200 && text.utf8.count <= 800 && !text.unicodeScalars.contains("\0") && !text.contains("\n"))
        }
    }
}
