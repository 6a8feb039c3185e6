import Hummingbird

/// Redemptions, disbursements and payees: looking at those that concern whoever looks.
struct CaseRoutes: Sendable {
    let api: PortalAPI

    private static let folders: [(path: String, shelf: Shelf)] = [
        ("redemptions", .redemptions), ("disbursements", .disbursements), ("payees", .payees),
    ]

    func add(to routes: APIRoutes) {
        for (path, shelf) in Self.folders {
            routes.get(RouterPath(path)) { request, _ in
                try await api.list(shelf, request, of: try await Call.reader(request, api))
            }
            routes.get(RouterPath("\(path)/{id}")) { request, context in
                let id = try context.id()
                return try await api.one(shelf, id, of: try await Call.reader(request, api))
            }
        }
    }
}
