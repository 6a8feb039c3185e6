import Foundation
public import Logging

/// Writes each log entry as one line of JSON: `time`, `level`, `service`, `instance`, `logger`, `message`, `trace_id`
/// and `span_id` when the metadata has them, and the other `metadata`.
public struct JSONLogHandler: LogHandler {
    /// The fields that all lines of a process share, and the sink of the lines.
    public struct Output: Sendable {
        let service: String
        let instance: String
        let redaction: LogRedaction
        let sink: LogSink

        /// - Parameters:
        ///   - service: the service's name.
        ///   - instance: the name of this process among the instances of its service.
        ///   - redaction: masks secrets.
        ///   - sink: writes the lines.
        public init(service: String, instance: String, redaction: LogRedaction, sink: LogSink) {
            self.service = service
            self.instance = instance
            self.redaction = redaction
            self.sink = sink
        }
    }

    /// Longer texts are truncated, so that one entry cannot fill the queue.
    private static let maximumTextBytes = 32 << 10
    /// Metadata that becomes fields of the line itself.
    private static let topLevelKeys = ["trace_id", "span_id"]

    /// The least severe level that is written.
    public var logLevel: Logger.Level
    /// Metadata that is added to every entry.
    public var metadata: Logger.Metadata = [:]
    /// Adds the trace of the current task.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: Output

    /// A handler for the logger of one label.
    public init(label: String, level: Logger.Level, output: Output, metadataProvider: Logger.MetadataProvider? = nil) {
        self.label = label
        logLevel = level
        self.output = output
        self.metadataProvider = metadataProvider
    }

    /// The value that is added to every entry under a name.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes an entry. The entry's metadata takes precedence over the handler's, and that over the provider's.
    public func log(event: LogEvent) {
        var all = metadataProvider?.get() ?? [:]
        all.merge(metadata) { $1 }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error, all["error"] == nil { all["error"] = "\(error)" }
        write(event.level, "\(event.message)", all)
    }

    private func write(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) {
        var line = JSONText()
        line.begin()
        line.add("time", Timestamp.text(of: Date()))
        line.add("level", level.rawValue)
        line.add("service", output.service)
        line.add("instance", output.instance)
        line.add("logger", label)
        line.add("message", truncated(output.redaction.clean(message)))
        for key in Self.topLevelKeys {
            if let value = metadata[key] { line.add(key, truncated("\(value)")) }
        }
        let rest = metadata.filter { !Self.topLevelKeys.contains($0.key) }
        if !rest.isEmpty { add(rest, named: "metadata", to: &line) }
        line.end()
        output.sink.enqueue(line.bytes + [UInt8(ascii: "\n")])
    }

    private func add(_ values: Logger.Metadata, named name: String, to line: inout JSONText) {
        line.beginField(name)
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            if case .dictionary(let inner) = value, !SecretName.matches(key) {
                add(inner, named: key, to: &line)
            } else {
                line.add(key, truncated(output.redaction.clean("\(value)", named: key)))
            }
        }
        line.end()
    }

    private func truncated(_ text: String) -> String {
        guard text.utf8.count > Self.maximumTextBytes else { return text }
        return String(decoding: text.utf8.prefix(Self.maximumTextBytes), as: UTF8.self) + "(cut)"
    }
}
