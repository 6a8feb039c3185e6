import Foundation
import Glibc
import Kafka
import Synchronization

/// A proxy for the embedded broker that adds requests which librdkafka's mock cluster lacks: it creates topics and describes their
/// settings on request, and does not auto-create topics. To a client it is an initially empty cluster of one broker.
///
/// It forwards requests and responses, answers CreateTopics (19) and DescribeConfigs (32) itself, and records the topics named in
/// metadata requests.
public final class AdminBroker: Sendable {
    /// A topic as requested by a client.
    public struct TopicRequest: Sendable, Hashable {
        /// The topic's name.
        public let name: String
        /// The number of partitions.
        public let partitions: Int32
        /// The replication factor.
        public let copies: Int16
        /// The topic's settings.
        public let settings: [String: String]
    }

    /// Decides on a requested topic: Kafka's error code (0 creates it) and the error message.
    public typealias Verdict = @Sendable (TopicRequest) -> (code: Int16, message: String?)

    /// The address for clients.
    public var bootstrapServers: String { "127.0.0.1:\(port)" }
    private let port: UInt16
    private let listener: Int32
    private let verdict: Verdict
    private let state: Mutex<State>

    private struct State {
        var broker: EmbeddedBroker?
        var requests: [[TopicRequest]] = []
        var createdTopics: [String: TopicRequest] = [:]
        var requestedTopicNames: Set<String> = []
        var sockets: Set<Int32> = []
        var isDown = false
        var isClosed = false
    }

    /// Starts a broker without topics.
    /// - Parameter verdict: decides on each requested topic; the default creates all.
    public init(_ verdict: @escaping Verdict = { _ in (0, nil) }) throws {
        self.verdict = verdict
        (listener, port) = try Self.listen()
        state = Mutex(State(broker: try EmbeddedBroker()))
        Thread.detachNewThread { [self] in accept() }
    }

    /// The CreateTopics requests, in order.
    public var requests: [[TopicRequest]] { state.withLock { $0.requests } }
    /// The created topics, by name.
    public var createdTopics: [String: TopicRequest] { state.withLock { $0.createdTopics } }
    /// The topics named in metadata requests.
    public var requestedTopicNames: Set<String> { state.withLock { $0.requestedTopicNames } }

    /// Closes all connections and refuses new ones. The log and the topics are kept.
    public func goDown() {
        let sockets = state.withLock { state in
            state.isDown = true
            return state.sockets
        }
        for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    /// Accepts connections again.
    public func comeUp() { state.withLock { $0.isDown = false } }

    /// Stops the broker.
    public func close() async {
        goDown()
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
        guard isBound else { throw WaitTimeout(what: "a port to listen on", within: .zero) }
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
            let (isClosed, isDown, target) = state.withLock { ($0.isClosed, $0.isDown, $0.broker?.bootstrapServers) }
            guard !isClosed, client >= 0 else {
                Glibc.close(listener)
                return
            }
            guard !isDown, let target, let server = Self.connect(to: target) else {
                Glibc.close(client)
                continue
            }
            var on: Int32 = 1
            for socket in [client, server] { setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size)) }
            state.withLock { $0.sockets.formUnion([client, server]) }
            let connection = ProxyConnection(client: client, server: server, port: Int32(port), target: Self.port(of: target))
            Thread.detachNewThread { [self] in
                connection.forwardRequests { request in self.answer(request) }
                end(connection)
            }
            Thread.detachNewThread { [self] in
                connection.forwardResponses()
                end(connection)
            }
        }
    }

    private func end(_ connection: ProxyConnection) {
        shutdown(connection.client, Int32(SHUT_RDWR))
        shutdown(connection.server, Int32(SHUT_RDWR))
        guard connection.hasEnded() else { return }
        state.withLock { $0.sockets.subtract([connection.client, connection.server]) }
        Glibc.close(connection.client)
        Glibc.close(connection.server)
    }

    private static func port(of target: String) -> Int32 { Int32(target.split(separator: ":").last ?? "") ?? 0 }

    private static func connect(to target: String) -> Int32? {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port: UInt16(clamping: port(of: target)))
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isConnected { return server }
        Glibc.close(server)
        return nil
    }

    // MARK: Requests answered by the proxy

    /// The response to a request; nil if the embedded broker answers it.
    private func answer(_ request: KafkaRequest) -> [UInt8]? {
        var reader = request.body
        switch request.api {
        case 3:
            let count = reader.int32()
            if count > 0 { state.withLock { state in for _ in 0..<count { state.requestedTopicNames.insert(reader.string() ?? "") } } }
            return nil
        case 19: return createTopics(&reader)
        case 32: return describeConfigs(&reader)
        default: return nil
        }
    }

    /// CreateTopics, version 2.
    private func createTopics(_ reader: inout WireReader) -> [UInt8] {
        var topics: [TopicRequest] = []
        for _ in 0..<reader.int32() {
            let (name, partitions, copies) = (reader.string() ?? "", reader.int32(), reader.int16())
            for _ in 0..<reader.int32() {
                _ = reader.int32()
                for _ in 0..<reader.int32() { _ = reader.int32() }
            }
            var settings: [String: String] = [:]
            for _ in 0..<reader.int32() { settings[reader.string() ?? ""] = reader.string() }
            topics.append(TopicRequest(name: name, partitions: partitions, copies: copies, settings: settings))
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

    private func make(_ topic: TopicRequest) -> (code: Int16, message: String?) {
        let (code, message) = verdict(topic)
        guard code == 0 else { return (code, message) }
        return state.withLock { state in
            guard state.createdTopics[topic.name] == nil else { return (36, "Topic '\(topic.name)' already exists.") }
            do { try state.broker?.createTopic(topic.name, partitions: Int(topic.partitions)) } catch { return (-1, "\(error)") }
            state.createdTopics[topic.name] = topic
            return (0, nil)
        }
    }

    /// DescribeConfigs, version 0: the settings of each topic's creation request.
    private func describeConfigs(_ reader: inout WireReader) -> [UInt8] {
        var names: [String] = []
        for _ in 0..<reader.int32() {
            _ = reader.int8()
            names.append(reader.string() ?? "")
            for _ in 0..<max(0, reader.int32()) { _ = reader.string() }
        }
        let createdTopics = createdTopics
        var writer = WireWriter()
        writer.int32(0)
        writer.int32(Int32(names.count))
        for name in names {
            writer.int16(createdTopics[name] == nil ? 3 : 0)
            writer.string(nil)
            writer.int8(2)
            writer.string(name)
            let settings = createdTopics[name]?.settings ?? [:]
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
