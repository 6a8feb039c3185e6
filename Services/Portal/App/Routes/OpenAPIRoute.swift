import HTTPTypes
import Hummingbird

/// The description of this API in OpenAPI 3.1.
struct OpenAPIRoute: Sendable {
    func add(to routes: APIRoutes) {
        routes.get("openapi.json") { _, _ in try Answer(.ok, OpenAPIDocument.document) }
    }
}
