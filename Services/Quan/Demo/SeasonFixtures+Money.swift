import Foundation
import Kernel
import Messages
import StrictJSON

extension SeasonFixtures {
    private struct Decision: Encodable {
        var reason: String?
    }

    /// Creates a batch of all due disbursements.
    func batchRequest(on day: CalendarDate, round: Int) throws -> PortalRequest {
        try PortalRequest(officer, "payout-batches", BatchPayouts(programmeID: programmeID), key: "batch-\(day)-\(round)")
    }

    /// Approves a batch as a second officer.
    func approvalRequest(_ batch: UUID) throws -> PortalRequest {
        let id = batch.uuidString.lowercased()
        return try PortalRequest(secondOfficer, "payout-batches/\(id)/approve", Decision(), key: "approve-\(id)")
    }

    /// Retries a disbursement that the bank rejected.
    func retryRequest(_ disbursement: DisbursementSnapshot) throws -> PortalRequest {
        let id = disbursement.disbursementID.uuidString.lowercased()
        return try PortalRequest(
            officer, "disbursements/\(id)/retry", Decision(reason: "账户信息已核对"), key: "retry-\(id)-\(disbursement.attempt)")
    }

    /// All items of a list, read page by page.
    func all<Item: Decodable>(_ type: Item.Type, _ path: String, at portal: any SeasonPortal) async throws -> [Item] {
        var items: [Item] = []
        var after: Int64 = 0
        while true {
            let bytes = try await portal.read("\(path)\(path.contains("?") ? "&" : "?")limit=200&after=\(after)", as: officer)
            let page = try StrictJSON.decode(ItemPage<Item>.self, from: Array(bytes))
            items += page.items
            guard let next = page.next, !page.items.isEmpty else { return items }
            after = next
        }
    }
}

/// A page of a list of the API.
private struct ItemPage<Item: Decodable>: Decodable {
    let items: [Item]
    let next: Int64?
}
