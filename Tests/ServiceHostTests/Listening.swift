import Foundation
import HTTPTypes
import Hummingbird
import Logging
import ServiceLifecycle
import Testing

@testable import ServiceHost

/// A listener on a free port, with the objects that its routes report on.
struct Listening {
    let metrics = PrometheusMetrics()
    let liveness = Liveness()
    let readiness = Readiness()
    let drain = DrainState()
    /// An element for each request of `/slow` that has begun.
    let slowRequests = AsyncStream.makeStream(of: Void.self)
    /// Long, so that a loaded machine responds in time; the test of the deadline shortens it.
    var requestDeadline: Duration = .seconds(60)
    var connections = ConnectionBounds()

    func run(_ body: @Sendable @escaping (Int) async throws -> Void) async throws {
        let routes = HostRoutes(
            metrics: metrics, processMetrics: ProcessMetrics(factory: metrics), liveness: liveness, readiness: readiness)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let slowRequestBegan = slowRequests.continuation
        let listener = HTTPListener(
            host: "127.0.0.1", port: 0,
            bounds: HTTPListener.Bounds(maximumBodyBytes: 1000, requestDeadline: requestDeadline, connections: connections),
            drain: drain, logger: logger
        ) { router in
            routes.add(to: router)
            router.get("/hello") { _, _ in "hello" }
            router.get("/slow") { _, _ in
                slowRequestBegan.yield()
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
