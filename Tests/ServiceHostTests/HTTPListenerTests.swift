import Foundation
import Metrics
import Testing

@testable import ServiceHost

@Suite("HTTP listener")
struct HTTPListenerTests {
    @Test("metrics are served in Prometheus's text format")
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

    @Test("readiness is 200 when all checks are well, else 503, with each check's state and reason")
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

    @Test("liveness is 503 when a main loop does not tick any more")
    func liveness() async throws {
        let listening = Listening()
        try await listening.run { port in
            let alive = try await HTTPProbe.get(port, "/health/live")
            #expect(alive.status == 200)
            _ = listening.liveness.addLoop("relay", silenceBound: .zero)
            #expect(try await eventually { try await HTTPProbe.get(port, "/health/live").status == 503 })
        }
    }

    @Test("while the service drains, health and metrics are served and all other requests are refused with 503")
    func draining() async throws {
        let listening = Listening()
        try await listening.run { port in
            let before = try await HTTPProbe.get(port, "/hello")
            #expect(before.body == "hello")
            listening.drain.begin()
            let refused = try await HTTPProbe.get(port, "/hello")
            #expect(refused.status == 503)
            #expect(refused.head.lowercased().contains("retry-after: 1"))
            let live = try await HTTPProbe.get(port, "/health/live")
            #expect(live.status == 200)
            let metrics = try await HTTPProbe.get(port, "/metrics")
            #expect(metrics.status == 200)
        }
    }

    @Test("QUAN-04: a body beyond the bound is refused, with or without a declared length")
    func largeBodies() async throws {
        try await Listening().run { port in
            let largest = try await HTTPProbe.post(port, "/echo", body: String(repeating: "x", count: 1000))
            #expect(largest.status == 200)
            let tooLarge = try await HTTPProbe.post(port, "/echo", body: String(repeating: "x", count: 1001))
            #expect(tooLarge.status == 413)
            #expect(tooLarge.head.contains("application/problem+json") && tooLarge.body.contains("QUAN-04"))
            let chunked = "POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            let body = "3e9\r\n" + String(repeating: "x", count: 1001) + "\r\n0\r\n\r\n"
            let undeclared = try await HTTPProbe.send(port, chunked + body)
            #expect(undeclared.status == 413)
        }
    }

    @Test("a request that exceeds its deadline is answered with 503")
    func slowRequests() async throws {
        try await Listening(requestDeadline: .milliseconds(300)).run { port in
            let answer = try await HTTPProbe.get(port, "/slow")
            #expect(answer.status == 503)
            #expect(answer.body == "not answered within 300ms\n")
        }
    }

    @Test("headers beyond the bound are refused, and bytes that are not HTTP do not affect other connections")
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

    @Test("QUAN-30: an unsupported method is answered 405 with the supported ones, OPTIONS 204; QUAN-07: an unknown path 404")
    func methods() async throws {
        try await Listening().run { port in
            for path in ["/echo", "/health/live", "/metrics", "/hello"] {
                for method in ["PUT", "DELETE", "PATCH", "PROPFIND", "TRACE"] {
                    let answer = try await HTTPProbe.send(port, "\(method) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    #expect(answer.status == 405 && answer.body.contains("QUAN-30"), "\(method) \(path): \(answer.status)")
                    #expect(answer.head.lowercased().contains(path == "/echo" ? "allow: options, post" : "allow: get, head, options"))
                }
                let asked = try await HTTPProbe.send(port, "OPTIONS \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                #expect(asked.status == 204 && asked.head.lowercased().contains("allow: "))
            }
            let head = try await HTTPProbe.send(port, "HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(head.status == 200 && head.body.isEmpty)
            let nothing = try await HTTPProbe.send(port, "PUT /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(nothing.status == 404 && nothing.body.contains("QUAN-07"))
        }
    }
}
