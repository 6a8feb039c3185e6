import Foundation
import Logging
import Synchronization
import Testing

@testable import ServiceHost

/// Collects the output of a sink.
private final class Written: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }

    var lines: [String] {
        String(decoding: bytes.withLock { $0 }, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// All lines as JSON objects. A line that is not one JSON object fails the test.
    func objects() throws -> [[String: Any]] {
        try lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
        }
    }
}

private struct Bench {
    let written = Written()
    let sink: LogSink
    let logger: Logger

    init(secrets: [String] = [], level: Logger.Level = .trace, provider: Logger.MetadataProvider? = nil) {
        sink = LogSink(write: written.add)
        let output = JSONLogHandler.Output(
            service: "toy", instance: "toy-1", redaction: LogRedaction(secrets: secrets), sink: sink)
        logger = Logger(label: "toy.relay") { label in
            JSONLogHandler(label: label, level: level, output: output, metadataProvider: provider)
        }
    }

    func objects() throws -> [[String: Any]] {
        sink.flush(deadlineSeconds: 30)
        return try written.objects()
    }
}

@Suite("Logs")
struct LogTests {
    @Test("a line has time, level, service, instance, logger, message and metadata; the trace is a field of its own")
    func line() throws {
        let bench = Bench(provider: Logger.MetadataProvider { ["trace_id": "0af7651916cd43dd8448eb211c80319c"] })
        bench.logger.warning("a \"quoted\"\nline\u{1}", metadata: ["key": "K-1", "nested": ["a": "b", "list": ["x", "y"]]])
        let object = try #require(try bench.objects().first)
        #expect(object["level"] as? String == "warning")
        #expect(object["service"] as? String == "toy")
        #expect(object["instance"] as? String == "toy-1")
        #expect(object["logger"] as? String == "toy.relay")
        #expect(object["message"] as? String == "a \"quoted\"\nline\u{1}")
        #expect(object["trace_id"] as? String == "0af7651916cd43dd8448eb211c80319c")
        let metadata = try #require(object["metadata"] as? [String: Any])
        #expect(metadata["key"] as? String == "K-1")
        #expect((metadata["nested"] as? [String: Any])?["a"] as? String == "b")
        #expect(metadata["trace_id"] == nil)
        let time = try #require(object["time"] as? String)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }

    @Test("instants are rendered as ISO8601DateFormatter renders them")
    func timestamps() throws {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        var generator = SystemRandomNumberGenerator()
        // From 1600 on, because for earlier dates the formatter uses the Julian calendar.
        let random = (0..<2000).map { _ in Int64.random(in: -11_676_096_000_000...253_402_300_799_999, using: &generator) }
        for milliseconds in [0, -1, 951_782_400_000, 1_709_164_800_000, 4_107_542_400_000] + random {
            // Half a millisecond is added, so that the formatter rounds down to the same millisecond.
            let instant = Date(timeIntervalSince1970: (Double(milliseconds) + 0.5) / 1000)
            let text = Timestamp.text(of: instant)
            let back = try #require(formatter.date(from: text), "\(text)")
            #expect(Int64((back.timeIntervalSince1970 * 1000).rounded()) == milliseconds, "\(text)")
        }
    }

    @Test("concurrent tasks write whole lines, and no line is lost")
    func interleaving() async throws {
        let bench = Bench()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<20 {
                group.addTask { for line in 0..<100 { bench.logger.info("line", metadata: ["id": "\(task)-\(line)"]) } }
            }
        }
        let ids = try bench.objects().compactMap { ($0["metadata"] as? [String: Any])?["id"] as? String }
        #expect(ids.count == 2000)
        #expect(Set(ids).count == 2000)
    }

    @Test("values of secret settings and metadata with secret names are masked")
    func redaction() throws {
        let bench = Bench(secrets: ["hush-hush", "no"])
        bench.logger.info(
            "the password is hush-hush, no doubt",
            metadata: ["url": "postgres://toy:hush-hush@db", "access_token": "abc", "nested": ["password": "xyz"]])
        let object = try #require(try bench.objects().first)
        #expect(object["message"] as? String == "the password is (secret), no doubt")
        let metadata = try #require(object["metadata"] as? [String: Any])
        #expect(metadata["url"] as? String == "postgres://toy:(secret)@db")
        #expect(metadata["access_token"] as? String == "(secret)")
        #expect((metadata["nested"] as? [String: Any])?["password"] as? String == "(secret)")
    }

    @Test("entries below the log level are not written")
    func level() throws {
        let bench = Bench(level: .warning)
        bench.logger.info("quiet")
        bench.logger.error("loud")
        #expect(try bench.objects().compactMap { $0["message"] as? String } == ["loud"])
    }

    @Test("a text beyond the bound is truncated")
    func longTexts() throws {
        let bench = Bench()
        bench.logger.info("\(String(repeating: "券", count: 100_000))")
        let message = try #require(try bench.objects().first?["message"] as? String)
        #expect(message.utf8.count < 33_000)
        #expect(message.hasSuffix("(cut)"))
    }

    @Test("with a blocked reader, lines are dropped and counted; memory is bounded and callers do not wait")
    func slowReader() async throws {
        let gate = DispatchSemaphore(value: 0)
        let written = Written()
        let sink = LogSink { bytes in
            gate.wait()
            written.add(bytes)
            gate.signal()
        }
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: (1 << 20) - 1) + [UInt8(ascii: "\n")]
        // The writer may hold eight lines while eight more are queued; the others are dropped.
        for _ in 0..<20 { sink.enqueue(line) }
        gate.signal()
        sink.flush(deadlineSeconds: 60)
        let dropped = try written.lines.filter { $0.contains("dropped_lines") }.map { line in
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            return try #require((object["dropped_lines"] as? String).flatMap { Int($0) })
        }
        let kept = written.lines.count { $0.hasPrefix("x") }
        #expect((7...16).contains(kept))
        #expect(dropped.reduce(0, +) == 20 - kept)
    }
}
