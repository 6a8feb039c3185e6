import Foundation
import Testing

@testable import ServiceHost

@Suite("Connections")
struct ConnectionBoundsTests {
    private static let quick = ConnectionBounds(
        headDeadline: .seconds(1), idleDeadline: .seconds(1), bodyGrace: .seconds(1), leastBodyBytesPerSecond: 1000)

    @Test("a head that comes byte by byte is cut off at its deadline with 408, also behind a complete request")
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

    @Test("a connection that says nothing, or nothing more, is closed at its deadline")
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

    @Test("a body that comes slower than the least rate is cut off; one that keeps to it is taken, however long it takes")
    func drippingBody() async throws {
        try await Listening(connections: Self.quick).run { port in
            let slow = try OpenSocket(port)
            slow.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nab")
            var text = ""
            #expect(await slow.closes(reading: &text))
            #expect(text.contains("408"), "\(text)")
        }
        // Each part is worth 20 seconds at this rate, so that a busy machine does not cut it off; the whole takes longer than the grace.
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

    @Test("at the bound a new connection takes the place of the one that has waited longest, and is answered; requests under way stay")
    func eviction() async throws {
        var bounds = ConnectionBounds()
        (bounds.mostConnections, bounds.mostConnectionsOfClient) = (8, 8)
        try await Listening(connections: bounds).run { port in
            let busy = try OpenSocket(port)
            busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            try await Task.sleep(for: .milliseconds(200))
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

    @Test("an answer that ends the connection arrives although the body is still on its way, and then the connection ends")
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
