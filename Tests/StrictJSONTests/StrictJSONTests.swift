import Foundation
import Kernel
import StrictJSON
import Testing

@Suite("Strict JSON")
struct StrictJSONTests {
    private struct Line: Codable, Hashable {
        var amountFen: Int64
        var note: String?
    }

    private struct Body: Codable, Hashable {
        var name: String
        var at: Date
        var lines: [Line]
        var byNumber: [String: Int64]
    }

    private struct Contact: Codable, Hashable {
        @Text<ContactText> var contact: String
    }

    private static let good = Body(
        name: "合同/A", at: Date(timeIntervalSince1970: 1_778_342_399.000001), lines: [Line(amountFen: 5, note: nil)],
        byNumber: ["b": 1, "a": 2])

    private func fault(_ text: String) -> JSONFault? { fault(Array(text.utf8)) }

    private func fault(_ bytes: [UInt8]) -> JSONFault? {
        do throws(JSONFault) {
            _ = try StrictJSON.decode(Body.self, from: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test("equal values have equal bytes: sorted keys, times in RFC 3339, unescaped slashes")
    func canonical() throws {
        let bytes = try StrictJSON.encode(Self.good)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"at":"2026-05-09T15:59:59.000001Z","byNumber":{"a":2,"b":1},"lines":[{"amountFen":5}],"name":"合同/A"}"#)
        #expect(try StrictJSON.decode(Body.self, from: bytes) == Self.good)
    }

    @Test("a text for people has the same fields in the same order, on several lines")
    func pretty() throws {
        let text = String(decoding: try StrictJSON.encode(Self.good, .prettyPrinted), as: UTF8.self)
        #expect(text.contains("\n"))
        #expect(text.filter { !$0.isWhitespace } == String(decoding: try StrictJSON.encode(Self.good), as: UTF8.self))
    }

    @Test("encoding a value that JSON cannot represent is an error")
    func unwritable() { #expect(throws: EncodingError.self) { try StrictJSON.encode(Double.nan) } }

    @Test("an invalid text is refused when it is encoded and when it is decoded, with its field's name")
    func invalidText() throws {
        let blank = try #require(ContactText.fault(in: " "))
        let expected = JSONFault.invalidText(field: "contact", blank)
        #expect(throws: expected) { try StrictJSON.encode(Contact(contact: " ")) }
        #expect(throws: expected) { try StrictJSON.decode(Contact.self, from: Array(#"{"contact":" "}"#.utf8)) }
    }

    @Test("invalid UTF-8 has a fault of its own")
    func notText() {
        #expect(fault([0x22, 0xff, 0x22]) == .notText)
        #expect(fault([0xed, 0xa0, 0x80]) == .notText)
    }

    @Test("every truncation of a valid text is reported as incomplete JSON or invalid UTF-8")
    func truncated() throws {
        let bytes = try StrictJSON.encode(Self.good)
        for length in 0..<bytes.count {
            let fault = fault(Array(bytes.prefix(length)))
            #expect(fault == .notJSON || fault == .notText, "at \(length): \(String(describing: fault))")
        }
    }

    @Test(
        "text that is not JSON is refused",
        arguments: [
            "", " ", "hello", "<xml/>", "{'name':1}", "{name:1}", "{}{}", "[1,2", "nul", "\u{0}", "NaN", "0x10",
            "{\"a\":tru}",
        ])
    func notJSON(text: String) { #expect(fault(text) == .notJSON) }

    @Test("NUL is refused everywhere, also in dictionary keys; an escaped backslash before the same letters is allowed")
    func nul() {
        func body(name: String, key: String) -> String {
            #"{"name":"\#(name)","at":"2026-05-09T16:00:00Z","lines":[],"byNumber":{"\#(key)":1}}"#
        }
        let expected = JSONFault.notOfType("it contains NUL (U+0000)")
        #expect(fault(body(name: #"a\u0000b"#, key: "k")) == expected)
        #expect(fault(body(name: #"\\\u0000"#, key: "k")) == expected)
        #expect(fault(body(name: "a", key: #"\u0000"#)) == expected)
        #expect(fault(body(name: #"a\\u0000b"#, key: "k")) == nil)
        #expect(fault(body(name: #"a\u0001b\\"#, key: "u0000")) == nil)
    }

    @Test("endlessly nested JSON is refused without a stack overflow", arguments: ["[", "{\"a\":"])
    func nested(opening: String) {
        #expect(fault(String(repeating: opening, count: 1_000_000 / opening.utf8.count)) == .tooDeep(limit: 64))
    }

    @Test(
        "a field that is missing, null or of another type is named with its path",
        arguments: [
            (#"{}"#, "the field at is missing"),
            (#"{"name":1,"at":"2026-05-09T15:59:59Z","lines":[],"byNumber":{}}"#, "name: String was expected"),
            (#"{"name":null,"at":"2026-05-09T15:59:59Z","lines":[],"byNumber":{}}"#, "name: String was expected, found null"),
            (
                #"{"name":"x","at":"2026-05-09T15:59:59Z","lines":[{"amountFen":1},{}],"byNumber":{}}"#,
                "lines.[1]: the field amountFen is missing"
            ),
            (#"{"name":"x","at":"2026-02-30T00:00:00Z","lines":[],"byNumber":{}}"#, "at: the value is not allowed"),
            (
                #"{"name":"x","at":"2026-05-09T15:59:59Z","lines":[{"amountFen":1e99}],"byNumber":{}}"#,
                "the value is not allowed"
            ),
            (
                #"{"name":"x","at":"2026-05-09T15:59:59Z","lines":[{"amountFen":1.5}],"byNumber":{}}"#,
                "the value is not allowed"
            ),
        ])
    func notOfType(text: String, what: String) {
        guard case .notOfType(let told) = fault(text) else {
            Issue.record("\(String(describing: fault(text)))")
            return
        }
        // Which of several missing fields is named first depends on the decoder.
        #expect(told.hasSuffix(what) || (text == "{}" && told.hasSuffix("is missing")))
    }

    @Test("a fault's description contains no value of the text, not even a dictionary key")
    func noValues() {
        let secret = "110101199003074258"
        let bodies = [
            #"{"name":{"\#(secret)":1},"at":"\#(secret)","lines":[],"byNumber":{}}"#,
            #"{"name":"\#(secret)","at":"\#(secret)","lines":[],"byNumber":{}}"#,
            #"{"name":"x","at":"2026-05-09T15:59:59Z","lines":[{"amountFen":"\#(secret)"}],"byNumber":{}}"#,
            #"{"name":"x","at":"2026-05-09T15:59:59Z","lines":[],"byNumber":{"\#(secret)":"x"}}"#,
            #"{"name":"x","at":"2026-05-09T15:59:59Z","lines":[],"byNumber":{"张三 \#(secret)":null}}"#,
            #"{"name":"\#(secret)"#,
        ]
        for body in bodies {
            let fault = fault(body)
            #expect(fault != nil)
            #expect(fault?.description.contains(secret) == false, "\(fault?.description ?? "")")
        }
    }

    @Test("a fault's description is short, however long the names in the text are")
    func shortTexts() {
        let name = String(repeating: "x", count: 500_000)
        let fault = fault(#"{"name":"x","at":"2026-05-09T15:59:59Z","lines":[],"byNumber":{"\#(name)":"x"}}"#)
        #expect((fault?.description.utf8.count ?? 0) < 500)
        #expect(fault != nil)
    }
}
