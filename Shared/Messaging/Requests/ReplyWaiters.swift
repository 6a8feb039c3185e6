package import Foundation
package import Kafka
package import Kernel
import Messages
import Synchronization

/// The requests of this process that wait for an answer. A record on `replies` resumes them; every wait has a limit.
package final class ReplyWaiters: Sendable {
    private let waiting = Mutex<[UUID: [OneShot<Reply>]]>([:])

    package init() {}

    /// Whether no request is registered.
    var isEmpty: Bool { waiting.withLock { $0.isEmpty } }

    /// Registers for the answer to a command. An answer that arrives between this call and `wait` is not missed.
    /// - Returns: the registration, for `wait` or `leave`
    package func register(for id: UUID) -> OneShot<Reply> {
        let registration = OneShot<Reply>()
        waiting.withLock { $0[id, default: []].append(registration) }
        return registration
    }

    /// Cancels a registration, if it has not ended.
    package func leave(_ id: UUID, _ registration: OneShot<Reply>) {
        waiting.withLock { waiting in
            waiting[id]?.removeAll { $0 === registration }
            if waiting[id]?.isEmpty == true { waiting[id] = nil }
        }
    }

    /// Waits for the answer, at most `limit`; nil if none arrived. Ends the registration.
    package func wait(_ id: UUID, _ registration: OneShot<Reply>, atMost limit: Duration) async -> Reply? {
        defer { leave(id, registration) }
        return await registration.wait(atMost: limit)
    }

    /// Resumes the requests that wait for these answers; records of other topics are ignored.
    package func wake(_ records: [KafkaRecord]) {
        guard !isEmpty else { return }
        for record in records where record.topic == Topic.replies {
            if let reply = Reply(record) { wake(reply) }
        }
    }

    /// Resumes every request that waits for this command's reply.
    func wake(_ reply: Reply) {
        waiting.withLock { waiting in
            for registration in waiting[reply.commandID] ?? [] { registration.resume(reply) }
            // An outcome is final: a note that is read after it must not replace it.
            if reply.outcome != nil { waiting[reply.commandID] = nil }
        }
    }
}
