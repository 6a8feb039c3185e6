import Foundation
import Kernel
import TestKit

/// Orders through the portal of a running installation with a durable database: portal, Kafka, ordering and back, while identity checks the
/// credit and the timer records the deadline.
struct OrdersOverHTTP: Sendable {
    private static let connections = 64
    private static let enterprises = 40
    private static let products = 20

    let platform: PlatformProcess
    private let portal: Int
    private let tokens: [String]
    private let products: [String]

    /// Starts an installation, registers its participants, and places some orders so that everything is warm.
    static func start() async throws -> OrdersOverHTTP {
        let platform = try await PlatformProcess.start(isDurable: true)
        do {
            let portal = try platform.port(of: "portal")
            let participants = try await onThread {
                try OrderParticipants.register(
                    portal: portal, signIn: platform.record.signIn, enterprises: enterprises, products: products)
            }
            let orders = OrdersOverHTTP(
                platform: platform, portal: portal, tokens: participants.tokens, products: participants.products)
            _ = try await orders.latencies(perSecond: 200, orders: 200)
            return orders
        } catch {
            await platform.stop()
            throw error
        }
    }

    func stop() async { await platform.stop() }

    /// Places orders at a constant rate. Returns the latency of each in milliseconds, from its scheduled time: an order that waits for a
    /// connection, because the ones before it are late, counts the wait.
    func latencies(perSecond: Int, orders: Int) async throws -> [Double] {
        let run = UUID().uuidString
        let start = ContinuousClock.now + .milliseconds(100)
        return try await onConnections { connection, http in
            try stride(from: connection, to: orders, by: Self.connections).map { number in
                let due = start + .microseconds(number * 1_000_000 / perSecond)
                let early = (due - ContinuousClock.now).seconds
                if early > 0 { Thread.sleep(forTimeInterval: early) }
                try place("\(run)-\(number)", number, http)
                return (ContinuousClock.now - due).seconds * 1000
            }
        }
    }

    /// The rate of orders that saturates the machine, in orders per second: every connection places the next order when it has its answer.
    func saturatedRate(seconds: Int) async throws -> Double {
        let run = UUID().uuidString
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let placed = try await onConnections { connection, http in
            var placed: [Double] = []
            while ContinuousClock.now < end {
                try place("\(run)-\(connection)-\(placed.count)", connection + placed.count * Self.connections, http)
                placed.append(1)
            }
            return placed
        }
        return Double(placed.count) / (ContinuousClock.now - start).seconds
    }

    /// The processor time in seconds that the installation has used so far: services, broker, bank, database and `quan up` itself.
    func processorSeconds() throws -> Double {
        guard let service = platform.record.services.first else { throw BenchmarkError("no service runs") }
        return try ProcessTime.seconds(ofTree: ProcessTime.parent(of: service.pid))
    }

    private func place(_ key: String, _ number: Int, _ http: HTTPConnection) throws {
        try OrderParticipants.place(products[number % Self.products], token: tokens[number % Self.enterprises], key: key, on: http)
    }

    private func onConnections(_ work: @escaping @Sendable (Int, HTTPConnection) throws -> [Double]) async throws -> [Double] {
        try await withThrowingTaskGroup(of: [Double].self) { group in
            for connection in 0..<Self.connections {
                group.addTask { [portal] in try await Self.onThread { try work(connection, HTTPConnection(port: portal)) } }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private static func onThread<R: Sendable>(_ work: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
        }
    }
}
