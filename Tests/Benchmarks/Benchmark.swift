import Foundation

/// One row of the table: a value of Quan, and the same value of a baseline.
protocol Benchmark: Sendable {
    var name: String { get }
    var unit: String { get }
    /// What is measured, in one line.
    var summary: String { get }
    /// The baseline, in one line.
    var baseline: String { get }
    var goal: Goal { get }

    /// The set-up that all rounds share.
    associatedtype Fixture: Sendable
    func prepare(_ environment: BenchmarkEnvironment) async throws -> Fixture
    /// Measures Quan once.
    func measure(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double
    /// Measures the baseline once.
    func measureBaseline(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double
    func tearDown(_ fixture: Fixture) async
}

/// The goal of a benchmark.
enum Goal: Sendable, CustomStringConvertible {
    case ratioAtLeast(Double)
    case valueAtMost(Double)
    /// The row shows a development; an absolute time depends on the machine.
    case none

    var description: String {
        switch self {
        case .ratioAtLeast(let ratio): "ratio \(Figure.text(ratio)) or more"
        case .valueAtMost(let value): "\(Figure.text(value)) or less"
        case .none: "none"
        }
    }
}

/// The amount of work in a round.
struct Size: Sendable {
    let rounds: Int
    /// The duration of the measurement of a rate, in seconds.
    let seconds: Int
    /// The number of messages for the relay.
    let relayMessages: Int
    /// The number of commands for the service.
    let commands: Int
    /// The duration of requests at a constant rate, in seconds.
    let latencySeconds: Int
    /// The number of orders, each by another enterprise.
    let orders: Int
    /// Whether the values need only be rough.
    let isQuick: Bool

    static let full = Size(
        rounds: 3, seconds: 5, relayMessages: 400_000, commands: 40_000, latencySeconds: 20, orders: 100_000,
        isQuick: false)
    static let quick = Size(
        rounds: 1, seconds: 1, relayMessages: 5000, commands: 2000, latencySeconds: 2, orders: 4000,
        isQuick: true)
}

extension Benchmark {
    /// Measures both alternately, in an order that changes each round, and takes the medians.
    func compare(on environment: BenchmarkEnvironment, rounds: Int) async throws -> BenchmarkResult {
        Progress.report("\(name): preparing")
        let fixture = try await prepare(environment)
        var values: [Double] = []
        var baselineValues: [Double] = []
        do {
            for round in 0..<rounds {
                for isQuan in round.isMultiple(of: 2) ? [true, false] : [false, true] {
                    if isQuan {
                        values.append(try await measure(fixture, on: environment))
                    } else {
                        baselineValues.append(try await measureBaseline(fixture, on: environment))
                    }
                }
                Progress.report(
                    "\(name): round \(round + 1) of \(rounds): \(Figure.text(values[round])) \(unit), "
                        + "baseline \(Figure.text(baselineValues[round]))")
            }
        } catch {
            await tearDown(fixture)
            throw error
        }
        await tearDown(fixture)
        return BenchmarkResult(
            name: name, value: Figure.median(values), unit: unit, baseline: baseline, baselineValue: Figure.median(baselineValues))
    }
}

/// Reports the progress on standard error, because standard output carries the table.
enum Progress {
    static func report(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
