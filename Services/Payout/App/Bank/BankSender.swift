import Foundation
import ISO20022
import Kernel
import Logging
import Messaging
import PayoutDomain

/// The places at which a process may die between us and the bank. Tests put faults there; in production nothing listens.
enum BankFaultPoint: String, Sendable, CaseIterable {
    /// The intent is committed, the bank knows nothing.
    case claimed
    /// The bank has answered, nothing of it is written down.
    case answered
}

/// Carries instructions to the bank and answers back. Any number of instances may run: a claim is a lease on a row.
///
/// A few carriers go to and fro, so that an instruction the bank is slow about holds up one of them and not all.
struct BankSender: Sendable {
    let desk: BankDesk
    let channel: any BankChannel
    let vault: Vault
    let circuit: BankCircuit
    let options: BankOptions
    let logger: Logger
    var faults: @Sendable (BankFaultPoint) async throws -> Void = { _ in }

    /// Works until the task is cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<options.carriers { group.addTask { try await carry() } }
            try await group.waitForAll()
        }
    }

    private func carry() async throws {
        while true {
            try await Task.sleep(for: circuit.pause)
            var isBusy = false
            do {
                isBusy = try await round() > 0
            } catch is CancellationError {
                return
            } catch {
                logger.warning("payments wait", metadata: ["error": "\(error)"])
            }
            if !isBusy { try await Task.sleep(for: options.rest) }
        }
    }

    /// Claims what is due and carries it to the bank. Tells how many exchanges there were.
    func round() async throws -> Int {
        let errands = try await desk.claim()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for errand in errands { group.addTask { try await carry(errand) } }
            try await group.waitForAll()
        }
        return errands.count
    }

    private func carry(_ errand: BankDesk.Errand) async throws {
        try await faults(.claimed)
        let answer = try await exchange(errand)
        circuit.note(isAnswered: answer != .silence)
        try await faults(.answered)
        try await desk.hear([(errand.instruction.id, answer)])
    }

    private func exchange(_ errand: BankDesk.Errand) async throws -> BankAnswer {
        let instruction = errand.instruction
        guard errand.act == .post else { return await channel.ask(instruction.id) }
        let number = try vault.decrypt(instruction.payee.encryptedAccount, at: .disbursement(instruction.disbursementID))
        let transfer = CreditTransfer(
            id: instruction.id, amountFen: instruction.amountFen, payer: options.payer,
            payee: BankAccount(name: instruction.payee.accountName, number: number.text, bankCode: instruction.payee.bankCode),
            remittance: errand.remittance, createdAt: instruction.sentAt ?? desk.clock.now())
        return await channel.post(transfer)
    }
}
