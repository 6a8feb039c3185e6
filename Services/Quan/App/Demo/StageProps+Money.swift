import Foundation
import Kernel
import Messages
import Messaging

extension StageProps {
    private struct Deciding: Encodable {
        var reason: String?
    }

    /// Puts all that is due into a batch.
    func batching(on day: CalendarDate, round: Int) throws -> DeskRequest {
        try DeskRequest(officer, "payout-batches", BatchPayouts(programmeID: programmeID), key: "batch-\(day)-\(round)")
    }

    /// A second person approves it.
    func approving(_ batch: UUID) throws -> DeskRequest {
        let id = batch.uuidString.lowercased()
        return try DeskRequest(secondOfficer, "payout-batches/\(id)/approve", Deciding(), key: "approve-\(id)")
    }

    /// A new attempt for one that the bank has rejected.
    func retrying(_ disbursement: DisbursementSnapshot) throws -> DeskRequest {
        let id = disbursement.disbursementID.uuidString.lowercased()
        return try DeskRequest(
            officer, "disbursements/\(id)/retry", Deciding(reason: "账户信息已核对"), key: "retry-\(id)-\(disbursement.attempt)")
    }

    /// Every thing of a list, page by page.
    func all<Item: Decodable>(_ type: Item.Type, _ path: String, at desk: any SeasonDesk) async throws -> [Item] {
        var items: [Item] = []
        var after: Int64 = 0
        while true {
            let bytes = try await desk.read("\(path)\(path.contains("?") ? "&" : "?")limit=200&after=\(after)", as: officer)
            let page = try MessageBody.decode(ItemPage<Item>.self, from: Array(bytes))
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
