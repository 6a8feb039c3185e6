import Foundation
import Kernel
import Messages
import Messaging
import Testing

@testable import Portal

@Suite("Description of a contract in the API")
struct ContractDescriptionTests {
    @Test("the description of a contract names exactly the fields that are decoded")
    func fields() throws {
        let day = try CalendarDate("2026-05-20")
        let contract = ContractFacts(
            productName: "x", totalFen: Fen(2), voucherFen: Fen(1), selfPaidFen: Fen(1), signedOn: day, serviceFrom: day,
            serviceThrough: day,
            isSingleDelivery: false, priceFen: Fen(1), quantity: 2)
        let read = try #require(try JSONSerialization.jsonObject(with: Data(try MessageBody.encode(contract))) as? [String: Any])
        let described = try #require(APIOperation.all.first { $0.path == "/orders/{id}/contract" }).body.map(\.name)
        #expect(described.sorted() == read.keys.sorted())
    }
}
