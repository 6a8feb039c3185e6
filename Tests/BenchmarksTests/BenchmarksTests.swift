import ArgumentParser
import Foundation
import Testing

@testable import Benchmarks

/// No figure is asserted: how fast a machine is today proves nothing. What is asserted is that figures are told rightly.
@Suite("What the benchmarks tell")
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

    @Test("the table holds each row's figures in a line of its own")
    func table() throws {
        let lines = BenchmarkResult.table([result, result]).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1] == lines[2])
        for figure in ["a_per_second", "300", "400", "0.75", "the bare tool"] { #expect(lines[1].contains(figure)) }
    }

    @Test("the median is the middle, and the 99th percentile is passed by one in a hundred")
    func figures() {
        #expect(Figure.median([3, 1, 2]) == 2)
        #expect(Figure.median([4, 1, 2, 3]) == 2.5)
        #expect(Figure.percentile99((1...1000).map(Double.init).shuffled()) == 990)
        #expect(Figure.percentile99([7]) == 7)
    }

    @Test("a row that does not exist is refused by its name, and the rows there are named")
    func unknownRow() throws {
        let error = #expect(throws: (any Error).self) { try QuanBench.parse(["--only", "nonsense"]) }
        let message = QuanBench.message(for: try #require(error))
        #expect(message.contains("nonsense") && message.contains("relay_messages_per_second"))
    }

    @Test("a quick run measures both sides on a server of its own")
    func quickRun() async throws {
        let stage = try await Stage.set(.quick)
        let result = try await PostgresTransactions().compare(on: stage, rounds: 1)
        await stage.clear()
        #expect(result.value > 0 && result.baselineValue > 0)
    }
}
