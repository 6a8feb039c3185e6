import Foundation
import Glibc
import Synchronization

/// A client's request.
struct KafkaRequest {
    let api: Int16
    let version: Int16
    let correlation: Int32
    /// The bytes after the header.
    let body: WireReader

    init(_ frame: [UInt8]) {
        var reader = WireReader(frame)
        (api, version, correlation) = (reader.int16(), reader.int16(), reader.int32())
        _ = reader.string()
        body = reader
    }
}

/// A client's connection and the proxied connection to the embedded broker.
final class ProxyConnection: Sendable {
    let client: Int32
    let server: Int32
    private let port: Int32
    private let target: Int32
    private let pending = Mutex<[Int32: (api: Int16, version: Int16)]>([:])
    private let writing = Mutex(())
    private let ended = Mutex(0)

    init(client: Int32, server: Int32, port: Int32, target: Int32) {
        (self.client, self.server, self.port, self.target) = (client, server, port, target)
    }

    /// Whether both directions have ended.
    func hasEnded() -> Bool {
        ended.withLock { ended in
            ended += 1
            return ended == 2
        }
    }

    func forwardRequests(_ answer: (KafkaRequest) -> [UInt8]?) {
        while let frame = Self.read(client) {
            let request = KafkaRequest(frame)
            if let body = answer(request) {
                var writer = WireWriter()
                writer.int32(request.correlation)
                guard send(writer.bytes + body, to: client) else { return }
            } else {
                pending.withLock { $0[request.correlation] = (request.api, request.version) }
                guard send(frame, to: server) else { return }
            }
        }
    }

    func forwardResponses() {
        while var frame = Self.read(server) {
            var reader = WireReader(frame)
            let request = pending.withLock { $0.removeValue(forKey: reader.int32()) }
            switch request?.api {
            // The client requests version 3 first, is refused, and requests an older version.
            case 18: if let version = request?.version, version < 3 { announceAdminAPIs(&frame) }
            case 3:
                Self.setController(&frame, version: request?.version ?? 0)
                Self.replace(target, by: port, in: &frame)
            case 10: Self.replace(target, by: port, in: &frame)
            default: break
            }
            guard send(frame, to: client) else { return }
        }
    }

    /// Adds CreateTopics and DescribeConfigs to the broker's ApiVersions response.
    private func announceAdminAPIs(_ frame: inout [UInt8]) {
        var reader = WireReader(frame)
        _ = (reader.int32(), reader.int16())
        let count = reader.int32()
        var (number, more) = (WireWriter(), WireWriter())
        number.int32(count + 2)
        for value: Int16 in [19, 2, 2, 32, 0, 0] { more.int16(value) }
        frame.replaceSubrange(6..<10, with: number.bytes)
        frame.insert(contentsOf: more.bytes, at: 10 + 6 * Int(count))
    }

    /// Sets the controller in a metadata response, because CreateTopics requests go to the controller and the mock broker reports none. The
    /// controller is the only broker, number 1.
    private static func setController(_ frame: inout [UInt8], version: Int16) {
        guard version >= 1 else { return }
        var reader = WireReader(frame)
        _ = reader.int32()
        if version >= 3 { _ = reader.int32() }
        for _ in 0..<reader.int32() { _ = (reader.int32(), reader.string(), reader.int32(), reader.string()) }
        if version >= 2 { _ = reader.string() }
        var writer = WireWriter()
        writer.int32(1)
        frame.replaceSubrange(reader.at..<(reader.at + 4), with: writer.bytes)
    }

    /// Replaces the broker's port in a response by the proxy's port.
    private static func replace(_ target: Int32, by port: Int32, in frame: inout [UInt8]) {
        var (old, new) = (WireWriter(), WireWriter())
        old.string("127.0.0.1")
        new.string("127.0.0.1")
        old.int32(target)
        new.int32(port)
        while let found = frame.firstRange(of: old.bytes) { frame.replaceSubrange(found, with: new.bytes) }
    }

    private static func read(_ socket: Int32) -> [UInt8]? {
        guard let head = read(socket, 4) else { return nil }
        var reader = WireReader(head)
        return read(socket, Int(reader.int32()))
    }

    private static func read(_ socket: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress! + done, count - done, 0) }
            guard got > 0 else { return nil }
            done += got
        }
        return bytes
    }

    private func send(_ frame: [UInt8], to socket: Int32) -> Bool {
        var writer = WireWriter()
        writer.int32(Int32(frame.count))
        let bytes = writer.bytes + frame
        // Both this proxy and the embedded broker write to the client.
        return socket == client ? writing.withLock { _ in Self.write(bytes, to: socket) } : Self.write(bytes, to: socket)
    }

    private static func write(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let sent = bytes.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            done += sent
        }
        return true
    }
}

/// Reads numbers and strings in Kafka's encoding; past the end it returns 0 and nil.
struct WireReader {
    private let bytes: [UInt8]
    private(set) var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private mutating func number(_ count: Int) -> UInt32 {
        guard at + count <= bytes.count else { return 0 }
        defer { at += count }
        return bytes[at..<(at + count)].reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func int8() -> Int8 { Int8(truncatingIfNeeded: number(1)) }
    mutating func int16() -> Int16 { Int16(truncatingIfNeeded: number(2)) }
    mutating func int32() -> Int32 { Int32(truncatingIfNeeded: number(4)) }

    mutating func string() -> String? {
        let count = Int(int16())
        guard count >= 0, at + count <= bytes.count else { return nil }
        defer { at += count }
        return String(decoding: bytes[at..<(at + count)], as: UTF8.self)
    }
}

/// Writes numbers and strings in Kafka's encoding.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    private mutating func number(_ value: UInt32, _ count: Int) {
        for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }

    mutating func int8(_ value: Int8) { number(UInt32(bitPattern: Int32(value)), 1) }
    mutating func int16(_ value: Int16) { number(UInt32(bitPattern: Int32(value)), 2) }
    mutating func int32(_ value: Int32) { number(UInt32(bitPattern: value), 4) }

    mutating func string(_ text: String?) {
        guard let text else { return int16(-1) }
        int16(Int16(text.utf8.count))
        bytes += Array(text.utf8)
    }
}
