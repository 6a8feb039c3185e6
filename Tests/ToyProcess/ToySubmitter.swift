import Foundation
import Kernel
import Messaging
import Toys

/// Submits commands one after another, each until it is accepted: without the database that takes a while. If this process dies first, the
/// test sends the command to another process; with the same idempotency key it is the same command.
final class ToySubmitter: Sendable {
    private let requests: Requests
    private let waiting: AsyncStream<ToyCommand>
    private let intake: AsyncStream<ToyCommand>.Continuation

    init(requests: Requests) {
        self.requests = requests
        (waiting, intake) = AsyncStream.makeStream()
    }

    func enqueue(_ command: ToyCommand) { intake.yield(command) }

    func run() async {
        for await command in waiting {
            while !Task.isCancelled {
                do {
                    try await submit(command)
                    break
                } catch {
                    try? await Task.sleep(for: .milliseconds(50))
                }
            }
        }
    }

    private func submit(_ command: ToyCommand) async throws {
        let caller = Requests.Caller(
            organisation: "conformance", operation: "add-amount", idempotencyKey: String(command.number),
            bodyHash: ContentHash(of: Array("\(command.counter) \(command.amount)".utf8)), receivedAt: Date())
        if command.number.isMultiple(of: 4) {
            // Its answer is deferred to a later transaction.
            let later = AddAmountLater(counter: command.counter, amount: command.amount)
            _ = try await requests.accept(later, key: command.counter, from: caller)
        } else {
            _ = try await requests.accept(AddAmount(counter: command.counter, amount: command.amount), key: command.counter, from: caller)
        }
        ToyReport.promised(command.number).publish()
    }
}
