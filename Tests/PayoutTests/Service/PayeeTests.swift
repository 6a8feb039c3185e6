import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Payout
@testable import PayoutDomain

@Suite("Accounts that are paid to")
struct PayeeTests {
    private static func register(_ number: String, name: String, on stage: PayoutStage) async throws -> Outcome {
        let account = try SealedField.seal(
            number, for: stage.vault.publicKey, keyID: stage.vault.keyID, context: RegisterPayee.context(of: City.institution))
        return try await stage.ask(
            RegisterPayee(institutionID: City.institution, accountName: name, bankCode: "102100099996", account: account), by: City.supplier
        )
    }

    @Test("IN-54: an account in a private person's name is refused, and the one registered before stays")
    func privatePerson() async throws {
        try await PayoutStage.with { stage in
            let before = try await stage.payout.text("select masked_account from payee")
            let outcome = try await Self.register("6222020200998877665", name: "李某某", on: stage)
            #expect(outcome.refusal?.clauses.contains("IN-54") == true)
            #expect(try await stage.payout.text("select account_name || masked_account from payee") == City.payee.accountName + before)
        }
    }

    @Test("IN-54: an account registered after batching is not paid to: what was batched is what is approved and sent")
    func afterBatching() async throws {
        try await PayoutStage.with { stage in
            let open = try await stage.open(1)
            let batched = try await stage.ask(BatchPayouts(programmeID: "beijing-2026", disbursementIDs: open), by: City.wang)
            #expect(batched.refusal == nil)
            #expect(try await Self.register("6222020200998877665", name: City.payee.accountName, on: stage).refusal == nil)
            let approved = try await stage.ask(DecidePayout(subject: .batch(id: batched.commandID), decision: .approve), by: City.zhao)
            #expect(approved.refusal == nil)
            #expect(try await stage.payout.text("select masked_account from payee").hasSuffix("7665"))
            #expect(try await stage.payout.text("select masked_account from instruction").hasSuffix("3445"))
        }
    }

    @Test("IN-54: what is taken out of a batch is fixed anew by the next one, and approved anew")
    func batchedAnew() async throws {
        try await PayoutStage.with { stage in
            let open = try await stage.open(1)
            #expect(
                try await stage.ask(BatchPayouts(programmeID: "beijing-2026", disbursementIDs: open), by: City.wang).refusal == nil)
            #expect(try await Self.register("6222020200998877665", name: City.payee.accountName, on: stage).refusal == nil)
            let out = DecidePayout(subject: .disbursement(id: open[0]), decision: .unbatch, reason: "账户已变更")
            #expect(try await stage.ask(out, by: City.zhao).refusal == nil)
            let again = try await stage.ask(BatchPayouts(programmeID: "beijing-2026", disbursementIDs: open), by: City.wang)
            #expect(again.refusal == nil)
            let approve = DecidePayout(subject: .batch(id: again.commandID), decision: .approve)
            #expect(try await stage.ask(approve, by: City.wang).refusal?.clauses == ["QUAN-10", "BJ26-42"])
            #expect(try await stage.ask(approve, by: City.zhao).refusal == nil)
            #expect(try await stage.payout.text("select masked_account from instruction").hasSuffix("7665"))
        }
    }

    @Test("IN-54: whoever was never admitted registers no account")
    func notAdmitted() async throws {
        try await PayoutStage.with { stage in
            let stranger = Actor(person: "x", organisation: UUID(), roles: ["institution"])
            let institution = try #require(stranger.organisation)
            let account = try SealedField.seal(
                "6222020200998877665", for: stage.vault.publicKey, keyID: stage.vault.keyID, context: RegisterPayee.context(of: institution)
            )
            let outcome = try await stage.ask(
                RegisterPayee(institutionID: institution, accountName: "某公司", bankCode: "102100099996", account: account), by: stranger)
            #expect(outcome.refusal?.clauses == ["QUAN-07"])
            #expect(try await stage.payout.number("select count(*) from payee") == 1)
        }
    }
}
