import Access
import Foundation
import Hummingbird
import Kernel
import Messages
import StrictJSON

/// Placing and reading orders.
struct OrderRoutes: Sendable {
    let api: PortalAPI

    private struct OrderBody: Decodable {
        let productID: UUID
        let voucherFen: Fen
        let contact: String
    }

    func add(to routes: APIRoutes) {
        routes.post("orders") { request, context in
            let call = try await Call.read(request, context, api, by: .step("place-order"))
            let order = try call.decode(OrderBody.self)
            let enterprise = call.principal.organisation
            let command = PlaceOrder(
                enterpriseID: enterprise, productID: order.productID, voucherFen: order.voucherFen, contact: order.contact,
                consistencyToken: try await api.consistencyToken(product: order.productID, enterprise: enterprise))
            return try await api.submit(command, key: enterprise.lowercased, operation: "place-order", from: call, creates: "orders")
        }
        routes.get("orders") { request, _ in
            try await api.list(ReadQuery.orders, request, of: try await Call.authenticateReader(request, api))
        }
        routes.get("orders/{id}") { request, context in
            let id = try context.id()
            return try await api.item(ReadQuery.orders, id, of: try await Call.authenticateReader(request, api))
        }
    }
}
