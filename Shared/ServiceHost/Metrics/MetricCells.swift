import Metrics
import Synchronization

/// The value of one metric with one set of labels.
protocol MetricCell: AnyObject, Sendable {
    /// The lines of the exposition; empty when there is no value to show.
    func samples() -> [MetricSample]
}

/// One line of the exposition, without its cell's labels.
struct MetricSample {
    /// Added to the family's name.
    var suffix = ""
    /// The value of the label `le`.
    var bound: String?
    let value: Double
}

/// The value of a counter; it never decreases.
final class CounterCell: MetricCell, CounterHandler, FloatingPointCounterHandler {
    private let total = Mutex(0.0)

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    /// Adds an amount. Ignores amounts that are negative, zero or not finite, because a counter must never decrease.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        total.withLock { $0 += amount }
    }

    func reset() { total.withLock { $0 = 0 } }

    func samples() -> [MetricSample] { [MetricSample(value: total.withLock { $0 })] }
}

/// The value of a gauge; it is shown after it was set, until the gauge is destroyed.
final class GaugeCell: MetricCell, MeterHandler, RecorderHandler {
    private let level = Mutex<Double?>(nil)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { level.withLock { $0 = value } }
    func increment(by amount: Double) { level.withLock { $0 = ($0 ?? 0) + amount } }
    func decrement(by amount: Double) { increment(by: -amount) }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    /// Hides the gauge, for example because its partition was assigned to another instance.
    func hide() { level.withLock { $0 = nil } }

    func samples() -> [MetricSample] { level.withLock { $0 }.map { [MetricSample(value: $0)] } ?? [] }
}

/// The value of a histogram: the numbers of recorded values up to each bound, their sum and their count.
final class HistogramCell: MetricCell, RecorderHandler, TimerHandler {
    private struct State {
        var counts: [Int]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// - Parameter bounds: the upper bounds in ascending order; greater values are counted under `+Inf`.
    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
    func record(_ value: Int64) { record(Double(value)) }

    /// Counts a value. Ignores values that are not finite.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func samples() -> [MetricSample] {
        let state = state.withLock { $0 }
        var total = 0
        var samples: [MetricSample] = []
        for (bucket, count) in state.counts.enumerated() {
            total += count
            let bound = bucket < bounds.count ? MetricText.number(bounds[bucket]) : "+Inf"
            samples.append(MetricSample(suffix: "_bucket", bound: bound, value: Double(total)))
        }
        return samples + [MetricSample(suffix: "_sum", value: state.sum), MetricSample(suffix: "_count", value: Double(total))]
    }
}
