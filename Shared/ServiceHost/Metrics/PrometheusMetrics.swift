public import Metrics
import Synchronization

/// Keeps the process's metrics and renders them in Prometheus's text format 0.0.4.
///
/// Counters get the suffix `_total`. Timers become histograms in seconds with the suffix `_seconds`, recorders become histograms, and
/// meters and recorders that do not aggregate become gauges. Invalid characters in names and label names are replaced. The numbers of
/// families, and of label sets in a family, are bounded.
public final class PrometheusMetrics: MetricsFactory, Sendable {
    /// The content type of the rendered text.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct State {
        var families: [FamilyKey: MetricFamily] = [:]
        var takenNames: Set<String> = []
        var helps: [String: String] = [:]
    }

    private struct FamilyKey: Hashable {
        let label: String
        let kind: MetricKind
    }

    private let maximumLabelSets: Int
    private let maximumFamilies: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - maximumLabelSets: the maximum number of label sets in a family; further sets are counted together as `other`.
    ///   - maximumFamilies: the maximum number of families; metrics of further families are not shown.
    public init(maximumLabelSets: Int = 200, maximumFamilies: Int = 1000) {
        self.maximumLabelSets = maximumLabelSets
        self.maximumFamilies = maximumFamilies
    }

    /// Sets the text of a metric's `# HELP` line. Call it before the metric is created.
    public func describe(_ label: String, _ help: String) {
        state.withLock { $0.helps[label] = help }
    }

    /// Renders all metrics, sorted by family and label set.
    public func render() -> String {
        let families = state.withLock { Array($0.families.values) }
        var text = ""
        for family in families.sorted(by: { $0.name < $1.name }) { family.write(to: &text) }
        return text
    }

    /// A counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        cell(.counter, label, dimensions, else: CounterCell())
    }

    /// A floating-point counter.
    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        cell(.counter, label, dimensions, else: CounterCell())
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        cell(.gauge, label, dimensions, else: GaugeCell())
    }

    /// A histogram, or a gauge when it does not aggregate.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate
            ? cell(.histogram, label, dimensions, else: HistogramCell(bounds: []))
            : cell(.gauge, label, dimensions, else: GaugeCell())
    }

    /// A histogram in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        cell(.times, label, dimensions, else: HistogramCell(bounds: []))
    }

    /// Does nothing, because a counter that disappears looks like a restarted one.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// Does nothing, because a counter that disappears looks like a restarted one.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    /// Does nothing, as for counters.
    public func destroyTimer(_ handler: any TimerHandler) {}
    /// Hides the gauge until it is set again.
    public func destroyMeter(_ handler: any MeterHandler) { (handler as? GaugeCell)?.hide() }
    /// Hides a gauge until it is set again; a histogram stays.
    public func destroyRecorder(_ handler: any RecorderHandler) { (handler as? GaugeCell)?.hide() }

    private func cell<Cell: MetricCell>(
        _ kind: MetricKind, _ label: String, _ dimensions: [(String, String)], else discarded: @autoclosure () -> Cell
    ) -> Cell {
        var labels: [String: String] = [:]
        for (name, value) in dimensions { labels[MetricText.labelName(name)] = value }
        let set = labels.map { MetricLabel(name: $0.key, value: $0.value) }.sorted()
        let found = state.withLock { state -> (any MetricCell)? in
            let key = FamilyKey(label: label, kind: kind)
            if state.families[key] == nil {
                guard state.families.count < maximumFamilies else { return nil }
                state.families[key] = newFamily(label, kind, &state)
            }
            return state.families[key]?.cell(for: set, maximum: maximumLabelSets)
        }
        return found as? Cell ?? discarded()
    }

    /// Creates a family with unique line names. When two labels lead to the same name, for example because one label is used for a
    /// counter and for a gauge, the later family's name gets its kind as a suffix, and then a number.
    private func newFamily(_ label: String, _ kind: MetricKind, _ state: inout State) -> MetricFamily {
        let plain = MetricText.name(label)
        let base = plain.hasSuffix(kind.nameSuffix) ? plain : plain + kind.nameSuffix
        var name = base
        var attempt = 1
        while kind.lineNames(of: name).contains(where: state.takenNames.contains) {
            name = attempt == 1 ? "\(plain)_\(kind.typeName)\(kind.nameSuffix)" : "\(plain)_\(kind.typeName)_\(attempt)\(kind.nameSuffix)"
            attempt += 1
        }
        state.takenNames.formUnion(kind.lineNames(of: name))
        return MetricFamily(name: name, kind: kind, help: state.helps[label] ?? "\(label), a \(kind.typeName).")
    }
}
