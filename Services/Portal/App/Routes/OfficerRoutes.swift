import Foundation
import Hummingbird
import Kernel
import Messages
import Messaging

/// What officers do. Whether somebody is one is judged by the services.
struct OfficerRoutes: Sendable {
    let api: PortalAPI

    private struct Change: Decodable {
        let change: ChangeProduct.Change
        let stockVouchers: Int64?
        let reason: String?
    }

    private struct Decision: Decodable {
        let programmeID: String
        let isGranted: Bool
        let reason: String
    }

    func add(to routes: APIRoutes) {
        routes.post("institutions") { request, context in
            let call = try await Call.read(request, context, api)
            let command = try call.decode(RegisterInstitution.self)
            return try await api.promise(
                command, key: command.institutionID.lowercased, operation: "register-institution", from: call)
        }
        routes.post("products") { request, context in
            let call = try await Call.read(request, context, api)
            let command = try call.decode(ListProduct.self)
            return try await api.promise(
                command, key: command.institutionID.lowercased, operation: "list-product", from: call, made: "products")
        }
        routes.post("products/{id}/changes") { request, context in
            let id = try context.id()
            let call = try await Call.read(request, context, api)
            let change = try call.decode(Change.self)
            let command = ChangeProduct(
                productID: id, change: change.change, stockVouchers: change.stockVouchers, reason: change.reason)
            return try await api.promise(command, key: id.lowercased, operation: "change-product", from: call)
        }
        routes.post("credit-records") { request, context in
            let call = try await Call.read(request, context, api)
            let command = try call.decode(RecordCredit.self)
            // A code that is none is refused by identity, under whatever key it comes.
            return try await api.promise(
                command, key: String(command.creditCode.prefix(64)).isEmpty ? "none" : String(command.creditCode.prefix(64)),
                operation: "record-credit", from: call)
        }
        routes.post("enterprises/{id}/appeal-decisions") { request, context in
            let id = try context.id()
            let call = try await Call.read(request, context, api)
            let decision = try call.decode(Decision.self)
            let command = DecideAppeal(
                enterpriseID: id, programmeID: decision.programmeID, isGranted: decision.isGranted, reason: decision.reason)
            return try await api.promise(command, key: id.lowercased, operation: "decide-appeal", from: call)
        }
    }
}
