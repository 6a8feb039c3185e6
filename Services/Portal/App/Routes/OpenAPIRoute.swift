import HTTPTypes
import Hummingbird

/// Serves the OpenAPI 3.1 document.
struct OpenAPIRoute: Sendable {
    func add(to routes: APIRoutes) {
        routes.get("openapi.json") { _, _ in try APIResponse(.ok, OpenAPIDocument.document) }
    }
}
