import Foundation
import Kernel
import StrictJSON
import Testing

@testable import Messaging

@Suite("Message bodies")
struct MessageBodyTests {
    private struct Body: Codable, Hashable {
        @Text<ContactText> var contact: String
    }

    private func fault(_ text: String) -> EnvelopeFault? { fault(Array(text.utf8)) }

    private func fault(_ bytes: [UInt8]?) -> EnvelopeFault? {
        do throws(EnvelopeFault) {
            _ = try MessageBody.decode(Body.self, from: bytes)
            return nil
        } catch {
            return error
        }
    }

    private func checkFault(_ bytes: [UInt8]?) -> EnvelopeFault? {
        do throws(EnvelopeFault) {
            try MessageBody.check(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test("a missing body and too large a body have faults of their own, whether the body is decoded or only checked")
    func notABody() {
        let large = [UInt8](repeating: 0x20, count: (1 << 20) + 1)
        #expect(fault(nil as [UInt8]?) == .noBody && checkFault(nil) == .noBody)
        #expect(fault(large) == .bodyTooLarge(bytes: 1_048_577) && checkFault(large) == .bodyTooLarge(bytes: 1_048_577))
    }

    @Test("a body that is not strict JSON has the JSON's fault, whether it is decoded or only checked")
    func notStrict() {
        let texts: [(String, JSONFault)] = [
            ("{", .notJSON), ("[1,]", .trailingComma(byte: 3)), (#"{"contact":"a","contact":"b"}"#, .fieldTwice("contact")),
            (String(repeating: "[", count: 1000), .tooDeep(limit: 64)),
        ]
        for (text, expected) in texts {
            #expect(fault(text) == .body(expected) && checkFault(Array(text.utf8)) == .body(expected))
        }
        #expect(fault([0xff]) == .body(.notText) && checkFault([0xff]) == .body(.notText))
        #expect(fault("{}") == .body(.notOfType("the field contact is missing")) && checkFault(Array("{}".utf8)) == nil)
    }

    @Test("QUAN-01: an invalid text is refused when it is encoded and when it is decoded; the refusal names the field")
    func invalidText() throws {
        let blank = try #require(ContactText.fault(in: " "))
        let expected = EnvelopeFault.body(.invalidText(field: "contact", blank))
        #expect(throws: expected) { try MessageBody.encode(Body(contact: " ")) }
        #expect(fault(#"{"contact":" "}"#) == expected)
        #expect(expected.refusal == blank.refusal(field: "contact"))
    }

    @Test("a refusal contains no value of the message")
    func noValues() throws {
        let secret = "110101199003074258"
        for body in [#"{"contact":{"\#(secret)":1}}"#, #"{"contact":"\#(secret)"#, #"{"contact":"\#(secret)\u0000"}"#] {
            let found = try #require(fault(body))
            #expect(!String(describing: found.refusal).contains(secret))
        }
    }

    @Test("every fault has a slug of its own, a text, and a rule for its refusal")
    func faults() {
        let rules: [(EnvelopeFault, PlatformRule)] = [
            (.missingHeader("ce_id"), .headerMissingOrRepeated), (.repeatedHeader("ce_id"), .headerMissingOrRepeated),
            (.malformedHeader("ce_id", expected: "a UUID"), .headerMissingOrRepeated), (.noKey, .keyTooLong),
            (.keyTooLong(bytes: 2000), .keyTooLong),
            (.keyNotText, .keyTooLong), (.noBody, .malformedMessage), (.bodyTooLarge(bytes: 2 << 20), .messageTooLarge),
            (.body(.notText), .malformedMessage),
            (.body(.notJSON), .malformedMessage), (.body(.trailingComma(byte: 1)), .malformedMessage),
            (.body(.fieldTwice("x")), .malformedMessage), (.body(.tooDeep(limit: 64)), .malformedMessage),
            (.body(.notOfType("x")), .malformedMessage), (.unknownType, .unknownMessageType),
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
