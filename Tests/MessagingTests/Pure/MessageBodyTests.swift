import Foundation
import Kernel
import Testing

@testable import Messaging

@Suite("Message bodies")
struct MessageBodyTests {
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

    private static let good = Body(
        name: "合同/A", at: Date(timeIntervalSince1970: 1_778_342_399.000001), lines: [Line(amountFen: 5, note: nil)],
        byNumber: ["b": 1, "a": 2])

    private func fault(_ text: String) -> EnvelopeFault? { fault(Array(text.utf8)) }

    private func fault(_ bytes: [UInt8]?) -> EnvelopeFault? {
        do throws(EnvelopeFault) {
            _ = try MessageBody.decode(Body.self, from: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test("equal messages have equal bytes: sorted keys, times in RFC 3339, unescaped slashes")
    func canonical() throws {
        let bytes = try MessageBody.encode(Self.good)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"at":"2026-05-09T15:59:59.000001Z","byNumber":{"a":2,"b":1},"lines":[{"amountFen":5}],"name":"合同/A"}"#)
        #expect(try MessageBody.decode(Body.self, from: bytes) == Self.good)
    }

    @Test("encoding a value that JSON cannot represent is an error")
    func unwritable() { #expect(throws: EncodingError.self) { try MessageBody.encode(Double.nan) } }

    @Test("a missing body, too large a body and invalid UTF-8 have faults of their own")
    func notABody() {
        #expect(fault(nil as [UInt8]?) == .noBody)
        #expect(fault(Array(repeating: 0x20, count: (1 << 20) + 1)) == .bodyTooLarge(bytes: 1_048_577))
        #expect(fault([0x22, 0xff, 0x22]) == .bodyNotText)
        #expect(fault([0xed, 0xa0, 0x80]) == .bodyNotText)
    }

    @Test("every truncation of a valid body is reported as incomplete JSON or invalid UTF-8")
    func truncated() throws {
        let bytes = try MessageBody.encode(Self.good)
        for length in 0..<bytes.count {
            let fault = fault(Array(bytes.prefix(length)))
            #expect(fault == .bodyNotJSON || fault == .bodyNotText, "at \(length): \(String(describing: fault))")
        }
    }

    @Test(
        "text that is not JSON is refused",
        arguments: [
            "", " ", "hello", "<xml/>", "{'name':1}", "{name:1}", "{}{}", "[1,2", "nul", "\u{0}", "NaN", "0x10",
            "{\"a\":tru}",
        ])
    func notJSON(text: String) { #expect(fault(text) == .bodyNotJSON) }

    @Test("NUL is refused everywhere, also in dictionary keys; an escaped backslash before the same letters is allowed")
    func nul() {
        func body(name: String, key: String) -> String {
            #"{"name":"\#(name)","at":"2026-05-09T16:00:00Z","lines":[],"byNumber":{"\#(key)":1}}"#
        }
        let expected = EnvelopeFault.bodyNotOfType("it contains NUL (U+0000)")
        #expect(fault(body(name: #"a\u0000b"#, key: "k")) == expected)
        #expect(fault(body(name: #"\\\u0000"#, key: "k")) == expected)
        #expect(fault(body(name: "a", key: #"\u0000"#)) == expected)
        #expect(fault(body(name: #"a\\u0000b"#, key: "k")) == nil)
        #expect(fault(body(name: #"a\u0001b\\"#, key: "u0000")) == nil)
    }

    @Test("endlessly nested JSON is refused without a stack overflow", arguments: ["[", "{\"a\":"])
    func nested(opening: String) {
        #expect(fault(String(repeating: opening, count: 1_000_000 / opening.utf8.count)) == .bodyTooDeep(limit: 64))
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
        guard case .bodyNotOfType(let told) = fault(text) else {
            Issue.record("\(String(describing: fault(text)))")
            return
        }
        // Which of several missing fields is named first depends on the decoder.
        #expect(told.hasSuffix(what) || (text == "{}" && told.hasSuffix("is missing")))
    }

    @Test("a fault's text contains no value of the message, not even a dictionary key")
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
            #expect(fault.map { String(describing: $0.refusal) }?.contains(secret) == false)
        }
    }

    @Test("a fault's text is short, however long the names in the message are")
    func shortTexts() {
        let name = String(repeating: "x", count: 500_000)
        let fault = fault(#"{"name":"x","at":"2026-05-09T15:59:59Z","lines":[],"byNumber":{"\#(name)":"x"}}"#)
        #expect((fault?.description.utf8.count ?? 0) < 500)
        #expect(fault != nil)
    }

    @Test("every fault has a slug of its own, a text, and a rule for its refusal")
    func faults() {
        let rules: [(EnvelopeFault, PlatformRule)] = [
            (.missingHeader("ce_id"), .headerMissingOrRepeated), (.repeatedHeader("ce_id"), .headerMissingOrRepeated),
            (.malformedHeader("ce_id", expected: "a UUID"), .headerMissingOrRepeated), (.noKey, .keyTooLong),
            (.keyTooLong(bytes: 2000), .keyTooLong),
            (.keyNotText, .keyTooLong), (.noBody, .malformedMessage), (.bodyTooLarge(bytes: 2 << 20), .messageTooLarge),
            (.bodyNotText, .malformedMessage),
            (.bodyNotJSON, .malformedMessage), (.bodyTrailingComma(byte: 1), .malformedMessage),
            (.bodyFieldTwice("x"), .malformedMessage), (.bodyTooDeep(limit: 64), .malformedMessage),
            (.bodyNotOfType("x"), .malformedMessage), (.unknownType, .unknownMessageType),
            (.unknownVersion(supported: [1, 2]), .unsupportedVersion),
        ]
        #expect(Set(rules.map(\.0.slug)).count == rules.count)
        for (fault, rule) in rules {
            #expect(!fault.description.isEmpty)
            #expect(fault.refusal.clauses == [rule.id])
            #expect(fault.refusal.message.en.contains(fault.description))
        }
    }
}
