import ArgumentParser
import Foundation

/// Measures Quan and its baselines, such as pgbench, in the same run on this machine.
@main
struct QuanBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quan-bench",
        abstract: "Runs the benchmarks, each compared with a baseline on this machine.",
        discussion: """
            Every benchmark is measured in several rounds, alternating with its baseline, and the medians are printed. PostgreSQL \
            runs with fsync and synchronous_commit on. The values are meaningful only on an otherwise idle machine; repeated runs \
            differ by 10% or more.

            Benchmarks:
            \(Benchmarks.all.map { "  \($0.name)\n      \($0.summary)\n      baseline: \($0.baseline); goal: \($0.goal)" }.joined(separator: "\n"))
            """)

    @Option(help: ArgumentHelp("Also write the results to this file, as a JSON list.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Run only this benchmark; can be repeated.", valueName: "name"))
    var only: [String] = []

    @Flag(help: "Print the table as Markdown, as the README shows it.")
    var markdown = false

    @Flag(help: "Use small sizes, to check in a minute that every benchmark works; the values are rough.")
    var quick = false

    @Option(help: "The number of rounds; 3 by default, 1 with --quick.")
    var rounds: Int?

    func validate() throws {
        let names = Benchmarks.all.map(\.name)
        for name in only where !names.contains(name) {
            throw ValidationError("there is no benchmark '\(name)'; the benchmarks are \(names.joined(separator: ", "))")
        }
        if let rounds, !(1...100).contains(rounds) { throw ValidationError("--rounds must be from 1 to 100") }
    }

    func run() async throws {
        let size = quick ? Size.quick : Size.full
        let environment = try await BenchmarkEnvironment.start(size)
        var results: [BenchmarkResult] = []
        do {
            for benchmark in Benchmarks.all where only.isEmpty || only.contains(benchmark.name) {
                results.append(try await benchmark.compare(on: environment, rounds: rounds ?? size.rounds))
            }
        } catch {
            await environment.tearDown()
            throw error
        }
        await environment.tearDown()
        print(markdown ? BenchmarkResult.markdown(results) : BenchmarkResult.table(results))
        if let json { try BenchmarkResult.json(results).write(to: URL(fileURLWithPath: json)) }
    }
}

/// The list of benchmarks.
enum Benchmarks {
    static let all: [any Benchmark] = [
        PostgresTransactions(), PostgresPipelinedRows(), RelayMessages(), ConsumeEffects(), MessageLatency(), PlaceOrders(),
        PlaceOrdersOfOneProduct(), StepDecisions(), OrderReply.atFixedRate, OrderReply.medianRatio, OrderReply.tailRatio,
        OrderProcessorTime(), DemoProcessorTime(), PlatformStart(), IdleMemory(),
    ]
}
