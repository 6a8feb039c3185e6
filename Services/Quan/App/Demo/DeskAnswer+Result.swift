import Foundation
import Kernel
import Messaging

/// What an enterprise is told of an order it placed.
struct PlacedOrder: Decodable {
    let orderID: UUID
    let number: String
    let voucherFen: Fen
}

/// What an institution is told of a contract it recorded.
struct RecordedContract: Decodable {
    /// What waits for the enterprise's confirmation; nil where nothing does.
    let pendingVoucherFen: Fen?
}

extension DeskAnswer {
    private struct Whole<Result: Decodable>: Decodable {
        let result: Result
    }

    /// The result that the answer to a command carries.
    func result<Result: Decodable>(_ type: Result.Type) throws -> Result {
        try MessageBody.decode(Whole<Result>.self, from: Array(body)).result
    }
}
