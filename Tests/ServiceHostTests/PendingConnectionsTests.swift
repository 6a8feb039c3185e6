import Foundation
import Glibc
import Testing

@testable import ServiceHost

@Suite("Connections that wait to be accepted")
struct PendingConnectionsTests {
    @Test("a burst of new connections fits into the listener's queue: thousands wait there, as far as the kernel allows")
    func queue() async throws {
        let limit = try #require(Int(try String(contentsOfFile: "/proc/sys/net/core/somaxconn", encoding: .utf8).dropLast()))
        try await Listening().run { port in
            let maximum = try Self.maximumPendingConnections(ofPort: port)
            #expect(maximum == min(4096, limit))
        }
    }

    /// The length of the accept queue of this process's listening socket on a port, which the kernel reports in the field `tcpi_sacked`.
    private static func maximumPendingConnections(ofPort port: Int) throws -> Int {
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            guard let socket = Int32(name), Self.port(ofListening: socket) == port else { continue }
            var information = tcp_info()
            var size = socklen_t(MemoryLayout<tcp_info>.size)
            guard getsockopt(socket, Int32(IPPROTO_TCP), TCP_INFO, &information, &size) == 0 else { continue }
            return Int(information.tcpi_sacked)
        }
        throw NoListeningSocket()
    }

    private struct NoListeningSocket: Error {}

    /// The port of a listening IPv4 socket; nil for any other file descriptor.
    private static func port(ofListening socket: Int32) -> Int? {
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening == 1 else { return nil }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let found = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        guard found == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
