import Foundation
import Kernel
import Testing

@testable import StrictJSON

@Suite("JSON check")
struct JSONCheckTests {
    private func fault(_ text: String) -> JSONFault? { fault(Array(text.utf8)) }

    private func fault(_ bytes: [UInt8]) -> JSONFault? {
        do throws(JSONFault) {
            try JSONCheck.check(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "QUAN-01: a repeated field in an object is refused at any depth, however its name is escaped",
        arguments: [
            #"{"a":1,"a":2}"#, #"{"a":1,"b":{},"\u0061":2}"#, #"{"x":[{"y":{"a":null,"a":null}}]}"#, #"{"":1,"":2}"#,
            "{\"\u{e9}\":1,\"e\u{301}\":2}", "{\(([Int](0...40).map { "\"k\($0)\":1" } + ["\"k3\":1"]).joined(separator: ","))}",
        ])
    func twice(text: String) {
        guard case .fieldTwice = fault(text) else {
            Issue.record("\(text): \(String(describing: fault(text)))")
            return
        }
    }

    @Test(
        "the same name in different objects is allowed",
        arguments: [#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#, #"{"a":1,"A":2}"#])
    func notTwice(text: String) { #expect(fault(text) == nil) }

    @Test(
        "QUAN-01: a trailing comma is reported as such",
        arguments: [#"{"a":1,}"#, "[1,]", #"{"a":[1, ]}"#, #"[{"a":1} ,]"#])
    func trailingComma(text: String) {
        guard case .trailingComma = fault(text) else {
            Issue.record("\(text): \(String(describing: fault(text)))")
            return
        }
    }

    @Test("objects and lists may be nested 64 deep and no deeper")
    func depth() {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(fault(nested(64)) == nil)
        #expect(fault(nested(65)) == .tooDeep(limit: 64))
        #expect(fault(nested(500_000)) == .tooDeep(limit: 64))
    }

    @Test(
        "text that RFC 8259 forbids is refused",
        arguments: [
            "", " ", "[", "]", "{", "}", "[1 2]", "[,1]", "{,}", "[1,,2]", #"{"a"}"#, #"{"a":}"#, #"{"a" 1}"#, "{1:2}", "{'a':1}", "01",
            "-01", "+1",
            "1.", ".5", "1e", "1e+", "-", "--1", "0x1", "NaN", "Infinity", "-Infinity", "nul", "True", "nullx", "\"a", "\"\u{1}\"",
            "\"\n\"",
            #""\x""#, #""\u12""#, #""\u12g4""#, #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, "\u{feff}1", "1 1", "{}{}", "/*x*/1",
            "[1]//",
            "\u{0}1", "1\u{0}", "1\u{c}", "[1}", #"{"a":1]"#,
        ])
    func forbidden(text: String) { #expect(fault(text) != nil, "\(text)") }

    @Test(
        "text that RFC 8259 allows is accepted",
        arguments: [
            "0", "-0", "1", "-1.5e-3", "1E+2", "1e400", "\"\"", #""\"\\\/\b\f\n\r\t\u0041\ud83d\ude00""#, "[]", "{}",
            " [ 1 , \"x\" , null ] ", "true",
            "false", "null", "\t\r\n{\"a\" : [ ] }\n", "\"\u{7f}\u{2028}合同\"",
        ])
    func allowed(text: String) { #expect(fault(text) == nil, "\(text)") }

    @Test("Foundation reads every accepted text, and the re-encoded result is accepted too: 60,000 mutations of valid texts")
    func againstFoundation() throws {
        var random = SplitMix64(seed: 20_260_401)
        let seeds = [
            #"{"a":1,"b":[true,false,null,{"c":"x\u0041\ud83d\ude00","d":-1.5e3}],"e":"合同\"\\"}"#, #"[[],{},[{"a":{"b":[0]}}],"",0.1]"#,
            #"{"amountFen":100000,"papers":[{"document":"contract","file":"ab"}],"facts":{"n":null}}"#,
        ].map { Array($0.utf8) }
        let pieces =
            #"{}[],:"\/0123456789.eE+-truefalsn ud8c"#.utf8.map { [$0] } + [
                Array("\\u0061".utf8), Array(",}".utf8), Array("\"a\":1,".utf8),
            ]
        var (taken, refused) = (0, 0)
        for round in 0..<60_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)], at: place)
                default: bytes[place] = pieces[Int.random(in: 0..<pieces.count, using: &random)][0]
                }
                if bytes.isEmpty { bytes = [0x30] }
            }
            guard String(validating: bytes, as: UTF8.self) != nil else { continue }
            guard fault(bytes) == nil else {
                refused += 1
                continue
            }
            taken += 1
            let value = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            guard let value else {
                Issue.record("Foundation does not read \(String(decoding: bytes, as: UTF8.self))")
                continue
            }
            if round.isMultiple(of: 20), JSONSerialization.isValidJSONObject(value) {
                #expect(fault(Array(try JSONSerialization.data(withJSONObject: value))) == nil)
            }
        }
        #expect(taken > 1000 && refused > 1000, "\(taken) taken, \(refused) refused")
    }
}
