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

    @Test("equal messages are equal bytes: keys in order, instants in RFC 3339, slashes as they are")
    func canonical() throws {
        let bytes = try MessageBody.encode(Self.good)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"at":"2026-05-09T15:59:59.000001Z","byNumber":{"a":2,"b":1},"lines":[{"amountFen":5}],"name":"合同/A"}"#)
        #expect(try MessageBody.decode(Body.self, from: bytes) == Self.good)
    }

    @Test("a value that JSON has no form for is an error of whoever writes it")
    func unwritable() { #expect(throws: EncodingError.self) { try MessageBody.encode(Double.nan) } }

    @Test("a body that is absent, too large or not text is told apart before anything is read of it")
    func notABody() {
        #expect(fault(nil as [UInt8]?) == .noBody)
        #expect(fault(Array(repeating: 0x20, count: (1 << 20) + 1)) == .bodyTooLarge(bytes: 1_048_577))
        #expect(fault([0x22, 0xff, 0x22]) == .bodyNotText)
        #expect(fault([0xed, 0xa0, 0x80]) == .bodyNotText)
    }

    @Test("every truncation of a good body is not complete JSON")
    func truncated() throws {
        let bytes = try MessageBody.encode(Self.good)
        for length in 0..<bytes.count {
            let fault = fault(Array(bytes.prefix(length)))
            #expect(fault == .bodyNotJSON || fault == .bodyNotText, "at \(length): \(String(describing: fault))")
        }
    }

    @Test(
        "what is not JSON is not taken for it",
        arguments: [
            "", " ", "hello", "<xml/>", "{'name':1}", "{name:1}", "{}{}", "[1,2", "nul", "\u{0}", "NaN", "0x10",
            "{\"a\":tru}",
        ])
    func notJSON(text: String) { #expect(fault(text) == .bodyNotJSON) }

    @Test("NUL is refused wherever it stands, in keys of a table too; a backslash before the same letters is text")
    func nul() {
        func body(name: String, key: String) -> String {
            #"{"name":"\#(name)","at":"2026-05-09T16:00:00Z","lines":[],"byNumber":{"\#(key)":1}}"#
        }
        let expected = EnvelopeFault.bodyNotOfType("NUL (U+0000) stands in it")
        #expect(fault(body(name: #"a\u0000b"#, key: "k")) == expected)
        #expect(fault(body(name: #"\\\u0000"#, key: "k")) == expected)
        #expect(fault(body(name: "a", key: #"\u0000"#)) == expected)
        #expect(fault(body(name: #"a\\u0000b"#, key: "k")) == nil)
        #expect(fault(body(name: #"a\u0001b\\"#, key: "u0000")) == nil)
    }

    @Test("JSON nested without end is refused, not followed", arguments: ["[", "{\"a\":"])
    func nested(opening: String) {
        #expect(fault(String(repeating: opening, count: 1_000_000 / opening.utf8.count)) == .bodyTooDeep(limit: 64))
    }

    @Test(
        "a field that is missing, null or of another kind is named with its place",
        arguments: [
            (#"{}"#, "the field at is missing"),
            (#"{"name":1,"at":"2026-05-09T15:59:59Z","lines":[],"byNumber":{}}"#, "name: String was expected"),
            (#"{"name":null,"at":"2026-05-09T15:59:59Z","lines":[],"byNumber":{}}"#, "name: String was expected, null stands there"),
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
        // Which of several missing fields is named first is the decoder's business.
        #expect(told.hasSuffix(what) || (text == "{}" && told.hasSuffix("is missing")))
    }

    @Test("no value of a message stands in a fault's text, not even one that serves as a key")
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

    @Test("a fault's text is short, however long the message's own names are")
    func shortTexts() {
        let name = String(repeating: "x", count: 500_000)
        let fault = fault(#"{"name":"x","at":"2026-05-09T15:59:59Z","lines":[],"byNumber":{"\#(name)":"x"}}"#)
        #expect((fault?.description.utf8.count ?? 0) < 500)
        #expect(fault != nil)
    }

    @Test("every fault has a slug of its own, a text, and a rule it is refused under")
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
