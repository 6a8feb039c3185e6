import Hummingbird

/// Reading redemptions, disbursements and payees.
struct CaseRoutes: Sendable {
    let api: PortalAPI

    private static let collections: [(path: String, query: ReadQuery)] = [
        ("redemptions", .redemptions), ("disbursements", .disbursements), ("payees", .payees),
    ]

    func add(to routes: APIRoutes) {
        for (path, query) in Self.collections {
            routes.get(RouterPath(path)) { request, _ in
                try await api.list(query, request, of: try await Call.authenticateReader(request, api))
            }
            routes.get(RouterPath("\(path)/{id}")) { request, context in
                let id = try context.id()
                return try await api.item(query, id, of: try await Call.authenticateReader(request, api))
            }
        }
    }
}
