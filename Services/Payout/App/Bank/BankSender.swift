import Foundation
import ISO20022
import Kernel
import Logging
import Messaging
import PayoutDomain

/// The points of an exchange at which tests inject a crash. In production nothing is injected.
enum BankFaultPoint: String, Sendable, CaseIterable {
    /// The claim is committed, nothing is sent yet.
    case claimed
    /// The bank has answered, the answer is not committed yet.
    case answered
}

/// Sends instructions to the bank and records its answers. Any number of instances may run, because a claim is a lease on a row.
///
/// Several workers run concurrently, so that a slow exchange delays only one of them.
struct BankSender: Sendable {
    let store: InstructionStore
    let channel: any BankChannel
    let cipher: AccountCipher
    let circuitBreaker: BankCircuitBreaker
    let options: BankOptions
    let logger: Logger
    var faults: @Sendable (BankFaultPoint) async throws -> Void = { _ in }

    /// Runs until the task is cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<options.workers { group.addTask { try await work() } }
            try await group.waitForAll()
        }
    }

    private func work() async throws {
        while true {
            try await Task.sleep(for: circuitBreaker.pause)
            var isBusy = false
            do {
                isBusy = try await sendDue() > 0
            } catch is CancellationError {
                return
            } catch {
                logger.warning("cannot process payments, retrying", metadata: ["error": "\(error)"])
            }
            if !isBusy { try await Task.sleep(for: options.idlePause) }
        }
    }

    /// Claims due instructions, sends or queries them, and returns the number of exchanges.
    func sendDue() async throws -> Int {
        let claims = try await store.claim()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for claimed in claims { group.addTask { try await process(claimed) } }
            try await group.waitForAll()
        }
        return claims.count
    }

    private func process(_ claimed: InstructionStore.ClaimedInstruction) async throws {
        try await faults(.claimed)
        let answer = try await exchange(claimed)
        circuitBreaker.record(isAnswered: answer != .silence)
        try await faults(.answered)
        try await store.apply([(claimed.instruction.id, answer)])
    }

    private func exchange(_ claimed: InstructionStore.ClaimedInstruction) async throws -> BankAnswer {
        let instruction = claimed.instruction
        guard claimed.action == .post else { return await channel.queryStatus(of: instruction.id) }
        let number = try cipher.decrypt(instruction.payee.encryptedAccount, boundTo: .disbursement(instruction.disbursementID))
        let transfer = CreditTransfer(
            id: instruction.id, amountFen: instruction.amountFen, payer: options.payer,
            payee: BankAccount(name: instruction.payee.accountName, number: number.text, bankCode: instruction.payee.bankCode),
            remittance: claimed.remittance, createdAt: instruction.sentAt ?? store.clock.now())
        return await channel.post(transfer)
    }
}
