import Foundation
import Metrics
import Testing

@testable import ServiceHost

@Suite("Metrics")
struct MetricsTests {
    @Test("counters, gauges, recorders and timers are rendered in Prometheus's format")
    func rendering() throws {
        let metrics = PrometheusMetrics()
        metrics.describe("relay.sent", "Messages that were sent.")
        Counter(label: "relay.sent", dimensions: [("topic", "toy.events")], factory: metrics).increment(by: 3)
        Gauge(label: "relay.waiting", dimensions: [], factory: metrics).record(2.5)
        Metrics.Timer(label: "handler", dimensions: [("type", "a")], factory: metrics).recordMilliseconds(20)
        Recorder(label: "batch.size", dimensions: [], aggregate: true, factory: metrics).record(7)
        let text = metrics.render()
        #expect(
            text.contains(
                """
                # HELP relay_sent_total Messages that were sent.
                # TYPE relay_sent_total counter
                relay_sent_total{topic="toy.events"} 3

                """))
        #expect(text.contains("# TYPE relay_waiting gauge\nrelay_waiting 2.5\n"))
        #expect(text.contains("# TYPE handler_seconds histogram\n"))
        #expect(text.contains("handler_seconds_bucket{type=\"a\",le=\"0.01\"} 0\n"))
        #expect(text.contains("handler_seconds_bucket{type=\"a\",le=\"0.025\"} 1\n"))
        #expect(text.contains("handler_seconds_bucket{type=\"a\",le=\"+Inf\"} 1\n"))
        #expect(text.contains("handler_seconds_sum{type=\"a\"} 0.02\nhandler_seconds_count{type=\"a\"} 1\n"))
        #expect(text.contains("batch_size_bucket{le=\"5\"} 0\nbatch_size_bucket{le=\"10\"} 1\n"))
        try Exposition.check(text)
    }

    @Test("the text is well-formed for any names, labels and values")
    func strangeInput() throws {
        let metrics = PrometheusMetrics()
        let strange = ["", "9 lives", "a-b", "a_b", "a.b", "__name", "le", "券", "x\ny", "quote\"back\\slash\nline"]
        for label in strange {
            for name in strange {
                Counter(label: label, dimensions: [(name, label), ("le", "1"), (name, name)], factory: metrics).increment()
                Metrics.Timer(label: label, dimensions: [(name, name)], factory: metrics).recordSeconds(1)
                Gauge(label: label, dimensions: [(name, label)], factory: metrics).record(-Double.infinity)
            }
        }
        Gauge(label: "handler_seconds_count", dimensions: [], factory: metrics).record(Double.nan)
        Metrics.Timer(label: "handler", dimensions: [], factory: metrics).recordSeconds(1)
        try Exposition.check(metrics.render())
    }

    @Test("label sets beyond the bound are counted together as other, and no count is lost")
    func boundedLabels() {
        let metrics = PrometheusMetrics(maximumLabelSets: 5)
        for key in 0..<100 { Counter(label: "seen", dimensions: [("key", "\(key)")], factory: metrics).increment() }
        Counter(label: "seen", dimensions: [("key", "0")], factory: metrics).increment()
        let lines = metrics.render().split(separator: "\n").filter { $0.hasPrefix("seen_total") }
        #expect(lines.count == 6)
        #expect(lines.contains("seen_total{key=\"other\"} 95"))
        #expect(lines.contains("seen_total{key=\"0\"} 2"))
    }

    @Test("families beyond the bound are not shown")
    func boundedFamilies() {
        let metrics = PrometheusMetrics(maximumFamilies: 3)
        for name in 0..<10 { Counter(label: "family\(name)", dimensions: [], factory: metrics).increment() }
        #expect(metrics.render().split(separator: "\n").filter { $0.hasPrefix("# TYPE") }.count == 3)
    }

    @Test("the same labels in another order are the same metric")
    func labelOrder() {
        let metrics = PrometheusMetrics()
        Counter(label: "seen", dimensions: [("a", "1"), ("b", "2")], factory: metrics).increment()
        Counter(label: "seen", dimensions: [("b", "2"), ("a", "1")], factory: metrics).increment()
        #expect(metrics.render().contains("seen_total{a=\"1\",b=\"2\"} 2\n"))
    }

    @Test("a destroyed gauge is hidden until it is set again")
    func destroyedGauges() {
        let metrics = PrometheusMetrics()
        let gauge = Meter(label: "lag", dimensions: [], factory: metrics)
        gauge.set(5)
        gauge.destroy()
        #expect(!metrics.render().contains("lag"))
        gauge.set(6)
        #expect(metrics.render().contains("lag 6\n"))
    }

    @Test("concurrent increments are all counted")
    func concurrency() async {
        let metrics = PrometheusMetrics()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { for _ in 0..<500 { Counter(label: "seen", dimensions: [], factory: metrics).increment() } }
            }
        }
        #expect(metrics.render().contains("seen_total 10000\n"))
    }

    @Test("the process's memory, open files, processor time and start time are exported")
    func processMetrics() throws {
        let metrics = PrometheusMetrics()
        ProcessMetrics(factory: metrics).update()
        let text = metrics.render()
        for name in ["process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total", "process_start_time_seconds"] {
            #expect(text.contains("\n\(name) ") || text.hasPrefix("\(name) "), "\(name)")
        }
        try Exposition.check(text)
    }
}

/// Reads the Prometheus text format 0.0.4 strictly.
enum Exposition {
    /// Fails unless each line is well-formed, each family is declared once and before its lines, and no line occurs twice.
    static func check(_ text: String) throws {
        var types: [String: String] = [:]
        var seen: Set<String> = []
        #expect(text.hasSuffix("\n"))
        for line in text.split(separator: "\n") {
            if let match = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)/) {
                #expect(types.updateValue(String(match.2), forKey: String(match.1)) == nil, "declared twice: \(line)")
            } else if line.hasPrefix("#") {
                #expect(line.wholeMatch(of: /# HELP [a-zA-Z_:][a-zA-Z0-9_:]* .*/) != nil, "\(line)")
            } else {
                let series = try #require(line.wholeMatch(of: Self.sample), "\(line)")
                #expect(seen.insert("\(series.1)\(series.2 ?? "")").inserted, "twice: \(line)")
                let name = String(series.1)
                let family = types[name] ?? types[name.replacing(/_(bucket|sum|count)$/, with: "")]
                #expect(family != nil, "not declared: \(line)")
            }
        }
    }

    private nonisolated(unsafe) static let sample =
        /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\[\\n"])*",?)*\})? (NaN|[+-]Inf|-?[0-9.e+-]+)/
}
