import Dispatch

/// Runs calls that block for a bounded time, one at a time, outside the cooperative pool.
final class BlockingCalls: Sendable {
    private let queue: DispatchQueue

    init(_ label: String) {
        queue = DispatchQueue(label: label)
    }

    func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }

    /// As `run`, without waiting for the result.
    func start(_ body: @escaping @Sendable () -> Void) {
        queue.async(execute: body)
    }
}
