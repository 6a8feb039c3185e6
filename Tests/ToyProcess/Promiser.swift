import Foundation
import Kernel
import Messaging
import Toys

/// Promises what it is told to, one after another, each until it is promised: with the database away that takes a while.
/// Whoever told it tells another process when this one dies first; the idempotency key makes both the same promise.
final class Promiser: Sendable {
    private let requests: Requests
    private let waiting: AsyncStream<ToyPromise>
    private let intake: AsyncStream<ToyPromise>.Continuation

    init(requests: Requests) {
        self.requests = requests
        (waiting, intake) = AsyncStream.makeStream()
    }

    func take(_ promise: ToyPromise) { intake.yield(promise) }

    func run() async {
        for await promise in waiting {
            while !Task.isCancelled {
                do {
                    try await make(promise)
                    break
                } catch {
                    try? await Task.sleep(for: .milliseconds(50))
                }
            }
        }
    }

    private func make(_ promise: ToyPromise) async throws {
        let caller = Requests.Caller(
            organisation: "conformance", operation: "add-amount", idempotencyKey: String(promise.number),
            bodyHash: ContentHash(of: Array("\(promise.counter) \(promise.amount)".utf8)), receivedAt: Date())
        _ = try await requests.accept(AddAmount(counter: promise.counter, amount: promise.amount), key: promise.counter, from: caller)
        ToyReport.promised(promise.number).tell()
    }
}
