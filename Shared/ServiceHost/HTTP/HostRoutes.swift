import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON

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
            return answer(.ok, PrometheusMetrics.contentType, Array(metrics.render().utf8))
        }
        router.get("/health/live") { _, _ in try answer(liveness.report()) }
        router.get("/health/ready") { _, _ in try answer(await readiness.report()) }
    }

    private func answer(_ report: HealthReport) throws -> Response {
        answer(report.isWell ? .ok : .serviceUnavailable, "application/json", try StrictJSON.encode(report))
    }

    private func answer(_ status: HTTPResponse.Status, _ type: String, _ body: [UInt8]) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
