import ArgumentParser
import Foundation
import Testing

@testable import Benchmarks

/// These tests check the output of the benchmarks, not their values, which depend on the machine.
@Suite("The output of the benchmarks")
struct BenchmarksTests {
    private let result = BenchmarkResult(name: "a_per_second", value: 300, unit: "a/s", baseline: "the bare tool", baselineValue: 400)

    @Test("the JSON is a list of name, value, unit, baseline, baseline_value and ratio")
    func json() throws {
        let rows = try #require(JSONSerialization.jsonObject(with: BenchmarkResult.json([result])) as? [[String: Any]])
        #expect(rows.count == 1)
        #expect(Set(rows[0].keys) == ["name", "value", "unit", "baseline", "baseline_value", "ratio"])
        #expect(rows[0]["ratio"] as? Double == 0.75)
        #expect(rows[0]["baseline_value"] as? Double == 400)
    }

    @Test("the Markdown table shows a benchmark's value, baseline, ratio and goal")
    func markdown() {
        let result = BenchmarkResult(name: "relay_messages_per_second", value: 300, unit: "messages/s", baseline: "b", baselineValue: 400)
        let lines = BenchmarkResult.markdown([result]).split(separator: "\n")
        #expect(lines.count == 3 && lines.allSatisfy { $0.split(separator: "|").count == 5 })
        #expect(lines[2] == "| relay_messages_per_second | 300 messages/s | 400 messages/s | 0.75 | ratio 0.2 or more |")
    }

    @Test("the table has one line for each result")
    func table() throws {
        let lines = BenchmarkResult.table([result, result]).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1] == lines[2])
        for figure in ["a_per_second", "300", "400", "0.75", "the bare tool"] { #expect(lines[1].contains(figure)) }
    }

    @Test("the median is the middle value, and one value in a hundred is above the 99th percentile")
    func figures() {
        #expect(Figure.median([3, 1, 2]) == 2)
        #expect(Figure.median([4, 1, 2, 3]) == 2.5)
        #expect(Figure.percentile99((1...1000).map(Double.init).shuffled()) == 990)
        #expect(Figure.percentile99([7]) == 7)
    }

    @Test("an unknown benchmark is refused, and the message lists the benchmarks")
    func unknownRow() throws {
        let error = #expect(throws: (any Error).self) { try QuanBench.parse(["--only", "nonsense"]) }
        let message = QuanBench.message(for: try #require(error))
        #expect(message.contains("nonsense") && message.contains("relay_messages_per_second"))
    }

    @Test("a quick run measures the value and its baseline on a private server")
    func quickRun() async throws {
        let environment = try await BenchmarkEnvironment.start(.quick)
        let result = try await PostgresTransactions().compare(on: environment, rounds: 1)
        await environment.tearDown()
        #expect(result.value > 0 && result.baselineValue > 0)
    }
}
