import Foundation
import StrictJSON

/// The result of a benchmark. As JSON: `name, value, unit, baseline, baseline_value, ratio`.
struct BenchmarkResult: Codable, Hashable, Sendable {
    let name: String
    let value: Double
    let unit: String
    /// The baseline, in one line.
    let baseline: String
    let baselineValue: Double
    /// `value` divided by `baseline_value`; 0 if the latter is 0.
    let ratio: Double

    enum CodingKeys: String, CodingKey {
        case name, value, unit, baseline, ratio
        case baselineValue = "baseline_value"
    }

    init(name: String, value: Double, unit: String, baseline: String, baselineValue: Double) {
        self.name = name
        self.value = value
        self.unit = unit
        self.baseline = baseline
        self.baselineValue = baselineValue
        // JSON has no infinity.
        ratio = baselineValue > 0 ? value / baselineValue : 0
    }

    /// The results as a JSON list.
    static func json(_ results: [BenchmarkResult]) throws -> Data {
        Data(try StrictJSON.encode(results, .prettyPrinted) + "\n".utf8)
    }

    /// The results as a Markdown table, with each benchmark's goal.
    static func markdown(_ results: [BenchmarkResult]) -> String {
        var lines = ["| benchmark | value | baseline value | ratio | goal |", "| --- | --- | --- | --- | --- |"]
        for result in results {
            let goal = Benchmarks.all.first { $0.name == result.name }?.goal ?? .none
            lines.append(
                "| \(result.name) | \(Figure.text(result.value)) \(result.unit) | \(Figure.text(result.baselineValue)) \(result.unit) "
                    + "| \(result.ratioText) | \(goal) |")
        }
        return lines.joined(separator: "\n")
    }

    private var ratioText: String { ratio.formatted(.number.precision(.fractionLength(2)).locale(Figure.locale)) }

    /// The results as a text table.
    static func table(_ results: [BenchmarkResult]) -> String {
        var lines = [["name", "value", "unit", "baseline value", "ratio", "baseline"]]
        for result in results {
            lines.append([
                result.name, Figure.text(result.value), result.unit, Figure.text(result.baselineValue),
                result.ratioText, result.baseline,
            ])
        }
        let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            zip(line.indices, line).map { column, text in
                let pad = String(repeating: " ", count: widths[column] - text.count)
                return [1, 3, 4].contains(column) ? pad + text : text + pad
            }
            .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }
        .joined(separator: "\n")
    }
}

/// Formats and summarises numbers.
enum Figure {
    static let locale = Locale(identifier: "en_GB")

    /// A number as text: without decimals from 100 on, with up to two below.
    static func text(_ value: Double) -> String {
        value.formatted(.number.precision(.fractionLength(value >= 100 ? 0...0 : 0...2)).locale(locale))
    }

    /// The median; for an even count the mean of the middle two values, for none 0.
    static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// The 99th percentile; for no values 0.
    static func percentile99(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        return values.sorted()[max(0, (values.count * 99 + 99) / 100 - 1)]
    }
}
