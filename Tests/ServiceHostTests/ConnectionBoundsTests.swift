import Foundation
import Testing

@testable import ServiceHost

@Suite("Connections")
struct ConnectionBoundsTests {
    private static let quick = ConnectionBounds(
        headDeadline: .seconds(1), idleDeadline: .seconds(1), bodyGrace: .seconds(1), leastBodyBytesPerSecond: 1000)

    @Test("a request head that arrives slowly is refused with 408 at its deadline, also after a complete request")
    func drippingHead() async throws {
        try await Listening(connections: Self.quick).run { port in
            for first in ["", "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"] {
                let socket = try OpenSocket(port)
                socket.send(first + "GET /hello HTTP/1.1\r\nHost: x\r\nX-a: ")
                let dripping = Task {
                    while !Task.isCancelled {
                        socket.send("a")
                        try? await Task.sleep(for: .milliseconds(20))
                    }
                }
                var text = ""
                #expect(await socket.closes(reading: &text))
                dripping.cancel()
                #expect(text.contains("408"), "\(text)")
                #expect(first.isEmpty || text.hasPrefix("HTTP/1.1 200"))
            }
        }
    }

    @Test("an idle connection is closed at its deadline, before and after a request")
    func idle() async throws {
        try await Listening(connections: Self.quick).run { port in
            var text = ""
            #expect(await (try OpenSocket(port)).closes(reading: &text))
            let socket = try OpenSocket(port)
            socket.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await socket.closes(reading: &text))
            #expect(text.hasSuffix("hello"))
        }
    }

    @Test("a body below the minimum rate is refused with 408; a body at the minimum rate is accepted, however long it takes")
    func drippingBody() async throws {
        try await Listening(connections: Self.quick).run { port in
            let slow = try OpenSocket(port)
            slow.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nab")
            var text = ""
            #expect(await slow.closes(reading: &text))
            #expect(text.contains("408"), "\(text)")
        }
        // Each part allows 20 seconds at this rate, so that a loaded machine does not exceed it; the whole takes longer than the grace.
        var patient = Self.quick
        patient.leastBodyBytesPerSecond = 10
        try await Listening(connections: patient).run { port in
            let steady = try OpenSocket(port)
            var text = ""
            steady.send("POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n")
            for _ in 0..<5 {
                steady.send(String(repeating: "x", count: 200))
                try await Task.sleep(for: .milliseconds(400))
            }
            #expect(await steady.closes(reading: &text))
            #expect(text.hasPrefix("HTTP/1.1 200"), "\(text)")
        }
    }

    @Test(
        "at the bound a new connection replaces the one that has waited longest; requests in progress are not affected",
        .timeLimit(.minutes(2)))
    func eviction() async throws {
        var bounds = ConnectionBounds()
        (bounds.maximumConnections, bounds.maximumConnectionsPerClient) = (8, 8)
        let listening = Listening(connections: bounds)
        let slowRequests = listening.slowRequests.stream
        try await listening.run { port in
            let busy = try OpenSocket(port)
            busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            for await _ in slowRequests { break }
            var idle: [OpenSocket] = []
            for _ in 0..<30 {
                let socket = try OpenSocket(port)
                socket.send("GET /hello HTTP/1.1\r\nX-a: ")
                idle.append(socket)
            }
            for _ in 0..<10 { #expect(try await HTTPProbe.get(port, "/hello").body == "hello") }
            #expect(await eventually { idle[0].received() == nil && idle[20].received() == nil })
            #expect(busy.received() == "")
        }
    }

    @Test("a response that ends the connection is received while the body is still being sent, and then the connection is closed")
    func lingering() async throws {
        try await Listening().run { port in
            let socket = try OpenSocket(port)
            socket.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
            for _ in 0..<20 { socket.send(String(repeating: "x", count: 1000)) }
            var text = ""
            #expect(await socket.closes(reading: &text))
            #expect(text.hasPrefix("HTTP/1.1 413"), "\(text)")
        }
    }
}
