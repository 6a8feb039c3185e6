import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Campaigns

@Suite("Fuzzing")
struct FuzzTests {
    @Test("every message type in the sources has a sample for mutation")
    func everyType() throws {
        let declaration = /static let type = MessageType\("([a-z0-9-]+)", "([a-z0-9-]+)"(?:, version: ([0-9]+))?\)/
        var declared: Set<String> = []
        let files = FileManager.default.enumerator(atPath: Repository.root + "/Shared/Messages")
        while let file = files?.nextObject() as? String {
            guard file.hasSuffix(".swift") else { continue }
            let text = try String(contentsOfFile: Repository.root + "/Shared/Messages/" + file, encoding: .utf8)
            for match in text.matches(of: declaration) { declared.insert("\(match.1).\(match.2).v\(match.3 ?? "1")") }
        }
        #expect(!declared.isEmpty)
        #expect(Set(try MessageSeeds().all.map { "\($0.type)" }) == declared)
    }

    @Test("every service in the sources receives invalid messages")
    func everyService() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Repository.root + "/Services").map { $0.lowercased() }
        #expect(Set(MessageSeeds.services) == Set(folders).subtracting(["quan", "banksimulator"]))
    }

    @Test("the same seed gives the same mutations, and they change every field of a sample")
    func seeded() throws {
        let seeds = try MessageSeeds().all
        let sample = try #require(seeds.first { "\($0.type)" == "catalogue.register-institution.v1" }).body
        let mutation = Mutation(ids: ["0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d7e"], longest: 100)
        var (first, second) = (SplitMix64(seed: 7), SplitMix64(seed: 7))
        var touched: Set<JSONTree.Path> = []
        for _ in 0..<100 {
            let body = mutation.body(of: sample, &first).bytes
            #expect(body == mutation.body(of: sample, &second).bytes)
            // Collecting the paths of a deeply nested body takes too long.
            guard body.count < 4000, let bad = try? JSONTree(reading: body) else { continue }
            let parts = Dictionary(bad.parts.map { ($0.path, $0.part) }) { first, _ in first }
            for (path, part) in sample.parts where parts[path] != part { touched.insert(path) }
        }
        #expect(touched == Set(sample.parts.map(\.path)))
    }

    @Test("JSON is written as it was read, with the order of fields and the form of numbers")
    func json() throws {
        let text = #"{"b":[1.50,-0,{"x":null}],"a":"券\"\\\n","b":true}"#
        let tree = try JSONTree(reading: text.utf8)
        #expect(tree.written == #"{"b":[1.50,-0,{"x":null}],"a":"券\"\\\u000a","b":true}"#)
        #expect(tree.name(of: [0, 2, 0]) == "b.[2].x")
        #expect(throws: JSONTree.Fault.self) { try JSONTree(reading: #"{"a":1}x"#.utf8) }
    }

    @Test("only undecodable messages, and messages behind them, may be parked")
    func parked() {
        func row(_ reason: String, isHead: Bool = true) -> ListParked.Row {
            ListParked.Row(
                parkedID: 1, topic: "ordering.events", key: "fuzz-1", isHead: isHead, reason: reason, explanation: "", attempts: 1,
                parkedAt: Date(timeIntervalSince1970: 0))
        }
        #expect(FuzzMonitor.fault(of: row("body-not-json"), isValid: false) == nil)
        #expect(FuzzMonitor.fault(of: row("body-not-json"), isValid: true) != nil)
        #expect(FuzzMonitor.fault(of: row("handler-failed"), isValid: false) != nil)
        #expect(FuzzMonitor.fault(of: row("behind", isHead: false), isValid: false) == nil)
    }

    @Test("an object field without a sample is reported")
    func unknownObject() throws {
        let text = #"""
            {"paths":{"/a/{id}":{"post":{"parameters":[{"name":"q","in":"query"},{"name":"id","in":"path"}],"requestBody":{"content":
            {"application/json":{"schema":{"type":"object","properties":{"what":{"type":"object"},"stars":{"type":"integer"}}}}}}}}}}
            """#
        let samples = FuzzSamples(known: ["stars": .raw("5")])
        let operation = try #require(FuzzPlan(openAPI: try JSONTree(reading: text.utf8), samples: samples).operations.first)
        #expect(operation.method == "POST" && operation.path == "/a/{id}" && operation.queries == ["q"])
        #expect(operation.body?.written == #"{"what":{},"stars":5}"#)
        #expect(operation.unknown == ["what"])
    }
}
