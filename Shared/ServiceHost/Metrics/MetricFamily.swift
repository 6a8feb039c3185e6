/// The kind of a family of metrics.
enum MetricKind: Hashable, Sendable {
    case counter
    case gauge
    /// Values in their own unit.
    case histogram
    /// Durations in seconds.
    case times

    /// The name in the `# TYPE` line.
    var typeName: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram, .times: "histogram"
        }
    }

    /// The suffix by Prometheus's convention: `_total` for counters, and the unit.
    var nameSuffix: String {
        switch self {
        case .counter: "_total"
        case .times: "_seconds"
        case .gauge, .histogram: ""
        }
    }

    /// The names of all lines of a family of this kind.
    func lineNames(of name: String) -> [String] {
        switch self {
        case .counter, .gauge: [name]
        case .histogram, .times: [name, name + "_bucket", name + "_sum", name + "_count"]
        }
    }

    func makeCell() -> any MetricCell {
        switch self {
        case .counter: CounterCell()
        case .gauge: GaugeCell()
        case .histogram: HistogramCell(bounds: Self.valueBounds)
        case .times: HistogramCell(bounds: Self.secondsBounds)
        }
    }

    private static let secondsBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
    private static let valueBounds: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000]
}

/// The metrics of one name, with a cell for each set of labels.
struct MetricFamily {
    /// The value of the labels of all sets beyond the bound.
    static let overflowLabel = "other"

    let name: String
    let kind: MetricKind
    let help: String
    private var cells: [[MetricLabel]: any MetricCell] = [:]

    init(name: String, kind: MetricKind, help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// The cell of a set of labels. Beyond `maximum` sets all new ones share one cell, whose labels have the value `other`, so that
    /// label values that come from requests cannot fill the memory.
    mutating func cell(for labels: [MetricLabel], maximum: Int) -> any MetricCell {
        if let cell = cells[labels] { return cell }
        var labels = labels
        if cells.count >= maximum {
            labels = labels.map { MetricLabel(name: $0.name, value: Self.overflowLabel) }
            if let cell = cells[labels] { return cell }
        }
        let cell = kind.makeCell()
        cells[labels] = cell
        return cell
    }

    /// Appends the family's lines, sorted by label set; nothing when no cell has a value to show.
    func write(to text: inout String) {
        var lines = ""
        for (labels, cell) in cells.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            for sample in cell.samples() {
                var written = labels.map(\.text)
                if let bound = sample.bound { written.append("le=\"\(bound)\"") }
                let braces = written.isEmpty ? "" : "{\(written.joined(separator: ","))}"
                lines += "\(name)\(sample.suffix)\(braces) \(MetricText.number(sample.value))\n"
            }
        }
        guard !lines.isEmpty else { return }
        text += "# HELP \(name) \(MetricText.escapedHelp(help))\n# TYPE \(name) \(kind.typeName)\n" + lines
    }
}

/// One label with a valid name.
struct MetricLabel: Hashable, Comparable {
    let name: String
    let value: String

    var text: String { "\(name)=\"\(MetricText.escapedValue(value))\"" }

    static func < (first: MetricLabel, second: MetricLabel) -> Bool {
        (first.name, first.value) < (second.name, second.value)
    }
}
