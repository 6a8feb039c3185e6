import Access
import Foundation
import Hummingbird
import Kernel
import Messages
import Messaging

/// Orders: placing one, and looking at those that concern whoever looks.
struct OrderRoutes: Sendable {
    let api: PortalAPI

    private struct Placing: Decodable {
        let productID: UUID
        let voucherFen: Fen
        let contact: String
    }

    func add(to routes: APIRoutes) {
        routes.post("orders") { request, context in
            let call = try await Call.read(request, context, api, by: .step("place-order"))
            let placing = try call.decode(Placing.self)
            let enterprise = call.principal.organisation
            let command = PlaceOrder(
                enterpriseID: enterprise, productID: placing.productID, voucherFen: placing.voucherFen, contact: placing.contact,
                seen: try await api.seen(product: placing.productID, enterprise: enterprise))
            return try await api.promise(command, key: enterprise.lowercased, operation: "place-order", from: call, made: "orders")
        }
        routes.get("orders") { request, _ in
            try await api.list(Shelf.orders, request, of: try await Call.reader(request, api))
        }
        routes.get("orders/{id}") { request, context in
            let id = try context.id()
            return try await api.one(Shelf.orders, id, of: try await Call.reader(request, api))
        }
    }
}
