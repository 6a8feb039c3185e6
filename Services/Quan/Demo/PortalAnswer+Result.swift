import Foundation
import Kernel
import StrictJSON

/// The result of placing an order.
struct PlacedOrder: Decodable {
    let orderID: UUID
    let number: String
    let voucherFen: Fen
}

/// The result of recording a contract.
struct RecordedContract: Decodable {
    /// The voucher amount that awaits the enterprise's confirmation; nil if there is none.
    let pendingVoucherFen: Fen?
}

extension PortalAnswer {
    private struct Body<Result: Decodable>: Decodable {
        let result: Result
    }

    /// Decodes the result in the answer to a command.
    func result<Result: Decodable>(_ type: Result.Type) throws -> Result {
        try StrictJSON.decode(Body<Result>.self, from: Array(body)).result
    }
}
