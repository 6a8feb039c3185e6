import Foundation
import HTTPTypes
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Portal

@Suite("Payout batches over HTTP")
struct PayoutBatchTests {
    @Test(
        "QUAN-01: an account number of invalid length or characters is refused before it is sealed",
        arguments: [
            "e" + String(repeating: "\u{301}", count: 200_000), String(repeating: "6", count: 65), "6222\u{202e}0202", "",
        ])
    func invalidNumber(number: String) async throws {
        try await PortalFixture.with(hasOrdering: false) { fixture in
            let reply = try await fixture.send(
                .post, "/api/v1/payees", token: try fixture.token(UUID(), "institution"), key: "k",
                body: String(
                    decoding: try JSONEncoder().encode(["accountName": "某公司", "bankCode": "102100099996", "accountNumber": number]),
                    as: UTF8.self))
            #expect(reply.status == 400 && reply.clauses.first == "QUAN-01", "\(reply.text.prefix(300))")
            #expect(try await fixture.portal.number("select count(*) from operation") == 0)
        }
    }

    @Test(
        "IN-54: an approver reads name and masked account as batched, and any later payee; other callers cannot read the batch"
    )
    func changedSince() async throws {
        try await PortalFixture.with(hasOrdering: false) { fixture in
            let (batch, institution, other) = (UUID(), UUID(), UUID())
            try await fixture.publish([
                try Self.payee(of: institution, "f1"), try Self.payee(of: other, "f1"),
                try Self.disbursement(in: batch, of: institution), try Self.disbursement(in: batch, of: other),
                try Self.disbursement(in: UUID(), of: other),
            ])
            // Another account with the same last digits.
            try await fixture.publish([try Self.payee(of: institution, "f2")])
            let path = "/api/v1/payout-batches/\(batch.uuidString.lowercased())"
            let officer = try fixture.token(PortalFixture.bureau, "officer")
            let reply = try await fixture.send(.get, path, token: officer)
            let items = try #require(reply.json["items"] as? [[String: Any]], "\(reply.text)")
            #expect(items.count == 2 && items.map { $0["payeeChangedSince"] as? Bool } == [true, false])
            #expect((items[0]["payee"] as? [String: Any])?["maskedAccount"] as? String == "****1234")
            #expect((items[0]["payeeNow"] as? [String: Any])?["accountName"] as? String == "北京数智服务有限公司")
            #expect(items[1]["payeeNow"] == nil)
            let page = try await fixture.send(.get, path + "?limit=1", token: officer)
            #expect((page.json["items"] as? [Any])?.count == 1 && page.json["next"] != nil)
            for (organisation, role) in [(institution, "institution"), (UUID(), "officer"), (PortalFixture.bureau, "reviewer")] {
                #expect(try await fixture.send(.get, path, token: try fixture.token(organisation, role)).status == 404)
            }
            #expect(try await fixture.send(.get, path).status == 401)
            #expect(try await fixture.send(.get, "/api/v1/payout-batches/\(UUID())", token: officer).status == 404)
        }
    }

    private static func payee(of institution: UUID, _ fingerprint: String) throws -> PortalRows.Case {
        let payee = PayeeChanged(
            institutionID: institution, accountName: "北京数智服务有限公司", bankCode: "102100099996", maskedAccount: "****1234",
            fingerprint: fingerprint, at: Date())
        return try PortalRows.Case(
            kind: .payee, id: institution, version: 1, owners: PortalRows.Owners(institutionID: institution), state: "registered",
            snapshot: payee, step: "register", from: nil, reason: nil, at: Date())
    }

    private static func disbursement(in batch: UUID, of institution: UUID) throws -> PortalRows.Case {
        let disbursement = DisbursementSnapshot(
            disbursementID: UUID(), orderID: UUID(), programmeID: "toy", programmeVersion: 1, institutionID: institution,
            institutionName: "甲", amountFen: Fen(100), state: "batched", batchID: batch,
            payee: PayeeSnapshot(
                accountName: "北京数智服务有限公司", bankCode: "102100099996", maskedAccount: "****1234", fingerprint: "f1"))
        return try PortalRows.Case(
            kind: .disbursement, id: disbursement.disbursementID, version: 1,
            owners: PortalRows.Owners(institutionID: institution, programmeID: "toy", programmeVersion: 1), state: "batched",
            snapshot: disbursement, step: "batch", from: nil, reason: nil, at: Date())
    }
}

extension PortalFixture {
    /// Stores cases in the portal's database, one transaction each.
    fileprivate func publish(_ cases: [PortalRows.Case]) async throws {
        for one in cases {
            try await portal.runtime.publisher.transaction("test.case", at: Date()) { connection, _ in
                var rows = PortalRows()
                rows.cases = [one]
                try rows.save(connection)
            }
        }
    }
}
