import Metrics
import Synchronization

/// The values of one metric with one set of labels.
protocol MetricCell: AnyObject, Sendable {
    /// The lines of the exposition: what is added to the family's name, an extra label, and the value. Empty when
    /// there is nothing to show.
    func samples() -> [MetricSample]
}

/// One line of the exposition without the labels that its cell has anyway.
struct MetricSample {
    var suffix = ""
    var bound: String?
    let value: Double
}

/// A number that only grows.
final class CounterCell: MetricCell, CounterHandler, FloatingPointCounterHandler {
    private let total = Mutex(0.0)

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    /// Adds an amount; one that is negative or not a number would break what reads the counter, and is ignored.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        total.withLock { $0 += amount }
    }

    func reset() { total.withLock { $0 = 0 } }

    func samples() -> [MetricSample] { [MetricSample(value: total.withLock { $0 })] }
}

/// A number that goes up and down; shown once it was set, until it is destroyed.
final class GaugeCell: MetricCell, MeterHandler, RecorderHandler {
    private let level = Mutex<Double?>(nil)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { level.withLock { $0 = value } }
    func increment(by amount: Double) { level.withLock { $0 = ($0 ?? 0) + amount } }
    func decrement(by amount: Double) { increment(by: -amount) }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    /// Shows the gauge no longer: what it measured is gone, such as a partition that went to another instance.
    func hide() { level.withLock { $0 = nil } }

    func samples() -> [MetricSample] { level.withLock { $0 }.map { [MetricSample(value: $0)] } ?? [] }
}

/// How many of the recorded values lie below each of a few fixed bounds, their sum, and their count.
final class HistogramCell: MetricCell, RecorderHandler, TimerHandler {
    private struct State {
        var counts: [Int]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// - Parameter bounds: the upper bounds in rising order; values above the last are counted too.
    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
    func record(_ value: Int64) { record(Double(value)) }

    /// Counts a value; one that is not a number has no place among the bounds, and is ignored.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[place] += 1
            state.sum += value
        }
    }

    func samples() -> [MetricSample] {
        let state = state.withLock { $0 }
        var below = 0
        var samples: [MetricSample] = []
        for (place, count) in state.counts.enumerated() {
            below += count
            let bound = place < bounds.count ? MetricText.number(bounds[place]) : "+Inf"
            samples.append(MetricSample(suffix: "_bucket", bound: bound, value: Double(below)))
        }
        return samples + [MetricSample(suffix: "_sum", value: state.sum), MetricSample(suffix: "_count", value: Double(below))]
    }
}
