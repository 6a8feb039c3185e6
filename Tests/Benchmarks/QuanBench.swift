import ArgumentParser
import Foundation

/// Measures the shared libraries against the bare tools they stand on, both on this machine and in this run.
@main
struct QuanBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quan-bench",
        abstract: "Measures how fast messages move, each figure beside what the bare tool does here and now.",
        discussion: """
            Every row is measured in several rounds, the library and its baseline by turns, and the medians are printed. PostgreSQL \
            runs with fsync and synchronous_commit on. The figures mean something only on a machine that does nothing else meanwhile; \
            repeated runs differ by a tenth and more.

            Rows:
            \(Benchmarks.all.map { "  \($0.name)\n      \($0.summary)\n      beside: \($0.baseline); goal: \($0.goal)" }.joined(separator: "\n"))
            """)

    @Option(help: ArgumentHelp("Also write the rows to this file, as a JSON list.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Measure only this row; may be given more than once.", valueName: "name"))
    var only: [String] = []

    @Flag(help: "Small sizes: shows in a minute that all of it works; the figures are rough.")
    var quick = false

    @Option(help: "How many times each row is measured; 3, or 1 with --quick.")
    var rounds: Int?

    func validate() throws {
        let names = Benchmarks.all.map(\.name)
        for name in only where !names.contains(name) {
            throw ValidationError("there is no row '\(name)'; the rows are \(names.joined(separator: ", "))")
        }
        if let rounds, !(1...100).contains(rounds) { throw ValidationError("--rounds takes 1 to 100") }
    }

    func run() async throws {
        let size = quick ? Size.quick : Size.full
        let stage = try await Stage.set(size)
        var results: [BenchmarkResult] = []
        do {
            for benchmark in Benchmarks.all where only.isEmpty || only.contains(benchmark.name) {
                results.append(try await benchmark.compare(on: stage, rounds: rounds ?? size.rounds))
            }
        } catch {
            await stage.clear()
            throw error
        }
        await stage.clear()
        print(BenchmarkResult.table(results))
        if let json { try BenchmarkResult.json(results).write(to: URL(fileURLWithPath: json)) }
    }
}

/// The table of contents.
enum Benchmarks {
    static let all: [any Benchmark] = [
        PostgresTransactions(), PostgresPipelinedRows(), RelayMessages(), ConsumeEffects(), MessageLatency(), PlaceOrders(),
        PlaceOrdersOfOneProduct(), OrderReply(), PlatformStart(), IdleMemory(),
    ]
}
