import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Payout
@testable import PayoutDomain

@Suite("Accounts of payees")
struct PayeeTests {
    private static func register(_ number: String, name: String, on fixture: PayoutFixture) async throws -> Outcome {
        let account = try SealedField.seal(
            number, for: fixture.cipher.publicKey, keyID: fixture.cipher.keyID, context: RegisterPayee.context(of: Samples.institution))
        return try await fixture.ask(
            RegisterPayee(institutionID: Samples.institution, accountName: name, bankCode: "102100099996", account: account),
            by: Samples.supplier
        )
    }

    @Test("IN-54: an account in a private person's name is refused, and the previous one stays registered")
    func privatePerson() async throws {
        try await PayoutFixture.with { fixture in
            let before = try await fixture.payout.text("select masked_account from payee")
            let outcome = try await Self.register("6222020200998877665", name: "李某某", on: fixture)
            #expect(outcome.refusal?.clauses.contains("IN-54") == true)
            #expect(try await fixture.payout.text("select account_name || masked_account from payee") == Samples.payee.accountName + before)
        }
    }

    @Test("IN-54: an account registered after batching is not used: the batched account is approved and paid")
    func afterBatching() async throws {
        try await PayoutFixture.with { fixture in
            let open = try await fixture.open(1)
            let batched = try await fixture.ask(BatchPayouts(programmeID: "beijing-2026", disbursementIDs: open), by: Samples.wang)
            #expect(batched.refusal == nil)
            #expect(try await Self.register("6222020200998877665", name: Samples.payee.accountName, on: fixture).refusal == nil)
            let approved = try await fixture.ask(DecidePayout(subject: .batch(id: batched.commandID), decision: .approve), by: Samples.zhao)
            #expect(approved.refusal == nil)
            #expect(try await fixture.payout.text("select masked_account from payee").hasSuffix("7665"))
            #expect(try await fixture.payout.text("select masked_account from instruction").hasSuffix("3445"))
        }
    }

    @Test("IN-54: after unbatching, the next batch uses the current account and needs a new approval")
    func batchedAnew() async throws {
        try await PayoutFixture.with { fixture in
            let open = try await fixture.open(1)
            #expect(
                try await fixture.ask(BatchPayouts(programmeID: "beijing-2026", disbursementIDs: open), by: Samples.wang).refusal == nil)
            #expect(try await Self.register("6222020200998877665", name: Samples.payee.accountName, on: fixture).refusal == nil)
            let out = DecidePayout(subject: .disbursement(id: open[0]), decision: .unbatch, reason: "账户已变更")
            #expect(try await fixture.ask(out, by: Samples.zhao).refusal == nil)
            let again = try await fixture.ask(BatchPayouts(programmeID: "beijing-2026", disbursementIDs: open), by: Samples.wang)
            #expect(again.refusal == nil)
            let approve = DecidePayout(subject: .batch(id: again.commandID), decision: .approve)
            #expect(try await fixture.ask(approve, by: Samples.wang).refusal?.clauses == ["QUAN-10", "BJ26-42"])
            #expect(try await fixture.ask(approve, by: Samples.zhao).refusal == nil)
            #expect(try await fixture.payout.text("select masked_account from instruction").hasSuffix("7665"))
        }
    }

    @Test("IN-54: an organisation that was never admitted cannot register an account")
    func notAdmitted() async throws {
        try await PayoutFixture.with { fixture in
            let stranger = Actor(person: "x", organisation: UUID(), roles: ["institution"])
            let institution = try #require(stranger.organisation)
            let account = try SealedField.seal(
                "6222020200998877665", for: fixture.cipher.publicKey, keyID: fixture.cipher.keyID,
                context: RegisterPayee.context(of: institution)
            )
            let outcome = try await fixture.ask(
                RegisterPayee(institutionID: institution, accountName: "某公司", bankCode: "102100099996", account: account), by: stranger)
            #expect(outcome.refusal?.clauses == ["QUAN-07"])
            #expect(try await fixture.payout.number("select count(*) from payee") == 1)
        }
    }
}
