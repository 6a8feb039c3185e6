import Foundation
import Glibc
import Kafka
import Synchronization

/// The embedded broker behind a port that also does what librdkafka's mock cluster cannot: it makes topics and tells their settings on
/// request, and makes none for being asked about it. To a client it is a cluster of one broker, empty at the start.
///
/// It passes on what the client and the broker say to each other, answers CreateTopics (19) and DescribeConfigs (32) itself, and writes down
/// which topics were asked about by name.
public final class AdminBroker: Sendable {
    /// A topic as it was asked for.
    public struct Asked: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// How many partitions.
        public let partitions: Int32
        /// How many copies.
        public let copies: Int16
        /// Kafka's settings.
        public let settings: [String: String]
    }

    /// What becomes of a topic that is asked for: Kafka's code, 0 when it is made, and what is said to it.
    public typealias Verdict = @Sendable (Asked) -> (code: Int16, message: String?)

    /// Where clients reach it.
    public var bootstrapServers: String { "127.0.0.1:\(port)" }
    private let port: UInt16
    private let listener: Int32
    private let verdict: Verdict
    private let state: Mutex<State>

    private struct State {
        var broker: EmbeddedBroker?
        var requests: [[Asked]] = []
        var made: [String: Asked] = [:]
        var named: Set<String> = []
        var sockets: Set<Int32> = []
        var isSilent = false
        var isClosed = false
    }

    /// Starts one without topics.
    /// - Parameter verdict: what becomes of topics; all are made where nothing is said.
    public init(_ verdict: @escaping Verdict = { _ in (0, nil) }) throws {
        self.verdict = verdict
        (listener, port) = try Self.listen()
        state = Mutex(State(broker: try EmbeddedBroker()))
        Thread.detachNewThread { [self] in accept() }
    }

    /// Each request to make topics, in order.
    public var requests: [[Asked]] { state.withLock { $0.requests } }
    /// The topics that were made, by name.
    public var made: [String: Asked] { state.withLock { $0.made } }
    /// The topics that some client asked about by name.
    public var named: Set<String> { state.withLock { $0.named } }

    /// It dies: connections break, and nobody connects. Its log and its topics stay.
    public func die() {
        let sockets = state.withLock { state in
            state.isSilent = true
            return state.sockets
        }
        for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    /// It is back.
    public func revive() { state.withLock { $0.isSilent = false } }

    /// Ends it.
    public func close() async {
        die()
        let broker = state.withLock { state in
            state.isClosed = true
            return state.broker.take()
        }
        shutdown(listener, Int32(SHUT_RDWR))
        await broker?.close()
    }

    // MARK: Connections

    private static func listen() throws -> (Int32, UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, size) == 0 && Glibc.listen(listener, 64) == 0 && getsockname(listener, pointer, &size) == 0
            }
        }
        guard isBound else { throw NeverHappened(what: "a port to listen on", within: .zero) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            let (isClosed, isSilent, target) = state.withLock { ($0.isClosed, $0.isSilent, $0.broker?.bootstrapServers) }
            guard !isClosed, client >= 0 else {
                Glibc.close(listener)
                return
            }
            guard !isSilent, let target, let server = Self.connect(to: target) else {
                Glibc.close(client)
                continue
            }
            var on: Int32 = 1
            for socket in [client, server] { setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size)) }
            state.withLock { $0.sockets.formUnion([client, server]) }
            let talk = Talk(client: client, server: server, port: Int32(port), target: Self.port(of: target))
            Thread.detachNewThread { [self] in
                talk.fromClient { request in self.answer(request) }
                end(talk)
            }
            Thread.detachNewThread { [self] in
                talk.fromServer()
                end(talk)
            }
        }
    }

    private func end(_ talk: Talk) {
        shutdown(talk.client, Int32(SHUT_RDWR))
        shutdown(talk.server, Int32(SHUT_RDWR))
        guard talk.hasEnded() else { return }
        state.withLock { $0.sockets.subtract([talk.client, talk.server]) }
        Glibc.close(talk.client)
        Glibc.close(talk.server)
    }

    private static func port(of target: String) -> Int32 { Int32(target.split(separator: ":").last ?? "") ?? 0 }

    private static func connect(to target: String) -> Int32? {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port: UInt16(clamping: port(of: target)))
        let isThere = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isThere { return server }
        Glibc.close(server)
        return nil
    }

    // MARK: What it answers itself

    /// The answer to a request, nil where the broker behind answers it.
    private func answer(_ request: KafkaRequest) -> [UInt8]? {
        var reader = request.body
        switch request.api {
        case 3:
            let count = reader.int32()
            if count > 0 { state.withLock { state in for _ in 0..<count { state.named.insert(reader.string() ?? "") } } }
            return nil
        case 19: return createTopics(&reader)
        case 32: return describeConfigs(&reader)
        default: return nil
        }
    }

    /// CreateTopics, version 2.
    private func createTopics(_ reader: inout WireReader) -> [UInt8] {
        var topics: [Asked] = []
        for _ in 0..<reader.int32() {
            let (name, partitions, copies) = (reader.string() ?? "", reader.int32(), reader.int16())
            for _ in 0..<reader.int32() {
                _ = reader.int32()
                for _ in 0..<reader.int32() { _ = reader.int32() }
            }
            var settings: [String: String] = [:]
            for _ in 0..<reader.int32() { settings[reader.string() ?? ""] = reader.string() }
            topics.append(Asked(name: name, partitions: partitions, copies: copies, settings: settings))
        }
        state.withLock { $0.requests.append(topics) }
        var writer = WireWriter()
        writer.int32(0)
        writer.int32(Int32(topics.count))
        for topic in topics {
            let (code, message) = make(topic)
            writer.string(topic.name)
            writer.int16(code)
            writer.string(message)
        }
        return writer.bytes
    }

    private func make(_ topic: Asked) -> (code: Int16, message: String?) {
        let (code, message) = verdict(topic)
        guard code == 0 else { return (code, message) }
        return state.withLock { state in
            guard state.made[topic.name] == nil else { return (36, "Topic '\(topic.name)' already exists.") }
            do { try state.broker?.createTopic(topic.name, partitions: Int(topic.partitions)) } catch { return (-1, "\(error)") }
            state.made[topic.name] = topic
            return (0, nil)
        }
    }

    /// DescribeConfigs, version 0: what each topic was made with.
    private func describeConfigs(_ reader: inout WireReader) -> [UInt8] {
        var names: [String] = []
        for _ in 0..<reader.int32() {
            _ = reader.int8()
            names.append(reader.string() ?? "")
            for _ in 0..<max(0, reader.int32()) { _ = reader.string() }
        }
        let made = made
        var writer = WireWriter()
        writer.int32(0)
        writer.int32(Int32(names.count))
        for name in names {
            writer.int16(made[name] == nil ? 3 : 0)
            writer.string(nil)
            writer.int8(2)
            writer.string(name)
            let settings = made[name]?.settings ?? [:]
            writer.int32(Int32(settings.count))
            for (setting, value) in settings {
                writer.string(setting)
                writer.string(value)
                for _ in 0..<3 { writer.int8(0) }
            }
        }
        return writer.bytes
    }
}
