import Foundation

/// One row of the table: a figure of ours, and the same figure of the bare tool.
protocol Benchmark: Sendable {
    var name: String { get }
    var unit: String { get }
    /// What is measured, in a line.
    var summary: String { get }
    /// What it is held against, in a line.
    var baseline: String { get }
    var goal: Goal { get }

    /// Makes what all rounds share.
    associatedtype Ground: Sendable
    func prepare(_ stage: Stage) async throws -> Ground
    /// Measures ours once.
    func measure(_ ground: Ground, on stage: Stage) async throws -> Double
    /// Measures the bare tool once.
    func measureBaseline(_ ground: Ground, on stage: Stage) async throws -> Double
    func clear(_ ground: Ground) async
}

/// What a figure should reach.
enum Goal: Sendable, CustomStringConvertible {
    case ratioAtLeast(Double)
    case valueAtMost(Double)

    var description: String {
        switch self {
        case .ratioAtLeast(let ratio): "ratio \(Figure.text(ratio)) or more"
        case .valueAtMost(let value): "\(Figure.text(value)) or less"
        }
    }
}

/// How much is done in a round.
struct Size: Sendable {
    let rounds: Int
    /// How long a rate is measured.
    let seconds: Int
    /// How many messages wait for the relay.
    let relayMessages: Int
    /// How many commands wait for the service.
    let commands: Int
    /// How long requests are made at a steady rate.
    let latencySeconds: Int
    /// How many orders are placed, each by another enterprise.
    let orders: Int

    static let full = Size(rounds: 3, seconds: 5, relayMessages: 400_000, commands: 40_000, latencySeconds: 20, orders: 100_000)
    static let quick = Size(rounds: 1, seconds: 1, relayMessages: 5000, commands: 2000, latencySeconds: 2, orders: 4000)
}

extension Benchmark {
    /// Measures both by turns, who goes first changing from round to round, and takes the medians.
    func compare(on stage: Stage, rounds: Int) async throws -> BenchmarkResult {
        Progress.say("\(name): preparing")
        let ground = try await prepare(stage)
        var values: [Double] = []
        var baselineValues: [Double] = []
        do {
            for round in 0..<rounds {
                for isOurs in round.isMultiple(of: 2) ? [true, false] : [false, true] {
                    if isOurs {
                        values.append(try await measure(ground, on: stage))
                    } else {
                        baselineValues.append(try await measureBaseline(ground, on: stage))
                    }
                }
                Progress.say(
                    "\(name): round \(round + 1) of \(rounds): \(Figure.text(values[round])) \(unit), "
                        + "beside it \(Figure.text(baselineValues[round]))")
            }
        } catch {
            await clear(ground)
            throw error
        }
        await clear(ground)
        return BenchmarkResult(
            name: name, value: Figure.median(values), unit: unit, baseline: baseline, baselineValue: Figure.median(baselineValues))
    }
}

/// Tells how far the run is, on standard error: standard output is the table's.
enum Progress {
    static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
