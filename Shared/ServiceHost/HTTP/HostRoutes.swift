import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The routes that every service has: `/metrics`, `/health/live` and `/health/ready`.
struct HostRoutes: Sendable {
    let metrics: PrometheusMetrics
    let processMetrics: ProcessMetrics
    let liveness: Liveness
    let readiness: Readiness

    /// Whether a path is one of these routes, which are served while the service drains, so that operators can observe it.
    static func answersWhileDraining(_ path: String) -> Bool {
        path == "/metrics" || path.hasPrefix("/health/")
    }

    func add(to router: Router<HTTPRequestContext>) {
        router.get("/metrics") { _, _ in
            processMetrics.update()
            return answer(.ok, PrometheusMetrics.contentType, Data(metrics.render().utf8))
        }
        router.get("/health/live") { _, _ in try answer(liveness.report()) }
        router.get("/health/ready") { _, _ in try answer(await readiness.report()) }
    }

    private func answer(_ report: HealthReport) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return answer(report.isWell ? .ok : .serviceUnavailable, "application/json", try encoder.encode(report))
    }

    private func answer(_ status: HTTPResponse.Status, _ type: String, _ body: Data) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
