import Foundation
import Hummingbird
import Logging
import Metrics
import ServiceLifecycle
import Testing

@testable import ServiceHost

/// A listener on a free port, with what its routes show.
private struct Listening {
    let metrics = PrometheusMetrics()
    let liveness = Liveness()
    let readiness = Readiness()
    let drain = DrainSwitch()
    /// Ample, so that a busy machine answers in time; the test of the deadline shortens it.
    var requestDeadline: Duration = .seconds(60)

    func run(_ body: @Sendable @escaping (Int) async throws -> Void) async throws {
        let routes = HostRoutes(
            metrics: metrics, processMetrics: ProcessMetrics(factory: metrics), liveness: liveness, readiness: readiness)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let listener = HTTPListener(
            host: "127.0.0.1", port: 0,
            bounds: HTTPListener.Bounds(greatestBodyBytes: 1000, requestDeadline: requestDeadline, maximumConnections: 100),
            drain: drain, logger: logger
        ) { router in
            routes.add(to: router)
            router.get("/hello") { _, _ in "hello" }
            router.get("/slow") { _, _ in
                try await Task.sleep(for: .seconds(600))
                return "late"
            }
            router.post("/echo") { request, context in
                try await request.body.collect(upTo: context.maxUploadSize)
            }
        }
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [listener], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                #expect(await eventually { listener.port.value != nil })
                let port = try #require(listener.port.value)
                #expect(port > 0)
                do {
                    try await body(port)
                    await group.triggerGracefulShutdown()
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
            }
            try await tasks.waitForAll()
        }
    }
}

@Suite("HTTP listener")
struct HTTPListenerTests {
    @Test("metrics are answered in Prometheus's text format")
    func metrics() async throws {
        let listening = Listening()
        Counter(label: "toy.seen", dimensions: [("type", "a")], factory: listening.metrics).increment(by: 2)
        try await listening.run { port in
            let answer = try await HTTPProbe.get(port, "/metrics")
            #expect(answer.status == 200)
            #expect(answer.head.lowercased().contains("content-type: text/plain; version=0.0.4; charset=utf-8"))
            #expect(answer.body.contains("toy_seen_total{type=\"a\"} 2\n"))
            #expect(answer.body.contains("process_resident_memory_bytes "))
            try Exposition.check(answer.body)
        }
    }

    @Test("readiness answers 200 when every check is green, else 503, with each check's state and reason")
    func readiness() async throws {
        let listening = Listening()
        listening.readiness.add("database") { .well }
        let kafka = listening.readiness.addFlag("kafka", initially: .unwell("no broker"))
        try await listening.run { port in
            let red = try await HTTPProbe.get(port, "/health/ready")
            #expect(red.status == 503)
            #expect(
                red.body
                    == #"{"checks":[{"name":"database","ok":true},{"name":"kafka","ok":false,"reason":"no broker"}],"ok":false}"#)
            kafka.set(.well)
            let green = try await HTTPProbe.get(port, "/health/ready")
            #expect(green.status == 200)
        }
    }

    @Test("liveness answers 503 when a main loop no longer turns")
    func liveness() async throws {
        let listening = Listening()
        try await listening.run { port in
            let alive = try await HTTPProbe.get(port, "/health/live")
            #expect(alive.status == 200)
            _ = listening.liveness.addLoop("relay", silenceBound: .zero)
            #expect(try await eventually { try await HTTPProbe.get(port, "/health/live").status == 503 })
        }
    }

    @Test("while it drains, health and metrics answer and everything else is sent elsewhere")
    func draining() async throws {
        let listening = Listening()
        try await listening.run { port in
            let before = try await HTTPProbe.get(port, "/hello")
            #expect(before.body == "hello")
            listening.drain.turnOn()
            let refused = try await HTTPProbe.get(port, "/hello")
            #expect(refused.status == 503)
            #expect(refused.head.lowercased().contains("retry-after: 1"))
            let live = try await HTTPProbe.get(port, "/health/live")
            #expect(live.status == 200)
            let metrics = try await HTTPProbe.get(port, "/metrics")
            #expect(metrics.status == 200)
        }
    }

    @Test("a body beyond the bound is refused, whether its length is told or not")
    func largeBodies() async throws {
        try await Listening().run { port in
            let largest = try await HTTPProbe.post(port, "/echo", body: String(repeating: "x", count: 1000))
            #expect(largest.status == 200)
            let tooLarge = try await HTTPProbe.post(port, "/echo", body: String(repeating: "x", count: 1001))
            #expect(tooLarge.status == 413)
            let chunked = "POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            let body = "3e9\r\n" + String(repeating: "x", count: 1001) + "\r\n0\r\n\r\n"
            let untold = try await HTTPProbe.send(port, chunked + body)
            #expect(untold.status == 413)
        }
    }

    @Test("a request that takes too long is answered with 503 at its deadline")
    func slowRequests() async throws {
        try await Listening(requestDeadline: .milliseconds(300)).run { port in
            let answer = try await HTTPProbe.get(port, "/slow")
            #expect(answer.status == 503)
            #expect(answer.body == "not answered within 300ms\n")
        }
    }

    @Test("headers beyond the bound are refused, and what is not HTTP harms nobody")
    func badRequests() async throws {
        try await Listening().run { port in
            let long = try await HTTPProbe.get(port, "/hello", headers: ["X-Long: " + String(repeating: "x", count: 100_000)])
            #expect(long.status != 200)
            let garbage = try await HTTPProbe.send(port, "\u{16}\u{3}\u{1} this is not HTTP\r\n\r\n")
            #expect(garbage.status != 200)
            let missing = try await HTTPProbe.get(port, "/nothing")
            #expect(missing.status == 404)
            let healthy = try await HTTPProbe.get(port, "/hello")
            #expect(healthy.body == "hello")
        }
    }
}
