import Access
import Foundation
import Hummingbird
import Kernel
import Messages
import StrictJSON

/// Commands of officers. The services check that the caller's organisation is the office.
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
            let call = try await Call.read(request, context, api, by: .step("announce-application"))
            let command = try call.decode(RegisterInstitution.self)
            return try await api.submit(
                command, key: command.institutionID.lowercased, operation: "register-institution", from: call)
        }
        routes.post("products") { request, context in
            let call = try await Call.read(request, context, api, by: .step("list-product"))
            let command = try call.decode(ListProduct.self)
            return try await api.submit(
                command, key: command.institutionID.lowercased, operation: "list-product", from: call, creates: "products")
        }
        routes.post("products/{id}/changes") { request, context in
            let id = try context.id()
            let call = try await Call.read(request, context, api, by: .steps(ChangeProduct.Change.allCases.map(\.rawValue)))
            let change = try call.decode(Change.self)
            let command = ChangeProduct(
                productID: id, change: change.change, stockVouchers: change.stockVouchers, reason: change.reason)
            return try await api.submit(command, key: id.lowercased, operation: "change-product", from: call)
        }
        routes.post("credit-records") { request, context in
            let call = try await Call.read(request, context, api, by: .roles(["officer", "operator"]))
            let command = try call.decode(RecordCredit.self)
            // The normalised code is the key, so that records of one organisation stay in order. Identity refuses an invalid code.
            let code = try? CreditCode(typed: command.creditCode)
            return try await api.submit(
                command, key: code?.text ?? call.principal.organisation.lowercased, operation: "record-credit", from: call)
        }
        routes.post("enterprises/{id}/appeal-decisions") { request, context in
            let id = try context.id()
            let call = try await Call.read(request, context, api, by: .step("uphold-appeal", "reject-appeal"))
            let decision = try call.decode(Decision.self)
            let command = DecideAppeal(
                enterpriseID: id, programmeID: decision.programmeID, isGranted: decision.isGranted, reason: decision.reason)
            return try await api.submit(command, key: id.lowercased, operation: "decide-appeal", from: call)
        }
    }
}
