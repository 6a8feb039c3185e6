import Synchronization

/// The records of one `send`. Each has a slot whose address librdkafka returns in the delivery report, so that a report needs neither
/// a lookup nor an allocation.
final class SendBatch: @unchecked Sendable {
    struct Slot {
        enum State {
            case waiting
            case inFlight
            case reported(Result<KafkaRecordMetadata, KafkaError>)
        }

        unowned(unsafe) let batch: SendBatch
        var state = State.waiting
    }

    private enum Completion {
        case pending(CheckedContinuation<Void, Never>?)
        case ended
    }

    let count: Int
    private let slots: UnsafeMutablePointer<Slot>
    /// One for each record, and one for `send` itself, which must not complete before it has enqueued the last record.
    private let remaining: Atomic<Int>
    private let completion = Mutex(Completion.pending(nil))
    /// The number of leading slots that librdkafka owns; `send` writes to the slots after them.
    private let enqueued = Atomic<Int>(0)

    init(count: Int) {
        self.count = count
        remaining = Atomic(count + 1)
        slots = .allocate(capacity: count)
        for index in 0..<count { (slots + index).initialize(to: Slot(batch: self)) }
    }

    deinit {
        slots.deinitialize(count: count)
        slots.deallocate()
    }

    /// Marks the record as in flight, and returns the opaque for its delivery report.
    func markInFlight(_ index: Int) -> UnsafeMutableRawPointer {
        slots[index].state = .inFlight
        return UnsafeMutableRawPointer(slots + index)
    }

    /// Fails a record that librdkafka refused.
    func fail(_ index: Int, _ error: KafkaError) { Self.report(slots + index, .failure(error)) }

    /// Marks a record to be enqueued again, because librdkafka's queue was full.
    func markWaiting(_ index: Int) { slots[index].state = .waiting }

    /// Records a delivery report.
    /// - Parameter opaque: the value returned by `markInFlight`
    static func delivered(_ opaque: UnsafeMutableRawPointer, _ result: Result<KafkaRecordMetadata, KafkaError>) {
        report(opaque.assumingMemoryBound(to: Slot.self), result)
    }

    private static func report(_ slot: UnsafeMutablePointer<Slot>, _ result: Result<KafkaRecordMetadata, KafkaError>) {
        if case .reported = slot.pointee.state { return }
        slot.pointee.state = .reported(result)
        slot.pointee.batch.decrementRemaining()
    }

    /// Notes that all records before the index are enqueued or failed.
    func markEnqueued(upTo index: Int) { enqueued.store(index, ordering: .releasing) }

    /// Fails the records in flight of a client that ended without reporting them. No call may use that client any more.
    func failInFlight(_ error: KafkaError) {
        for index in 0..<enqueued.load(ordering: .acquiring) {
            if case .inFlight = slots[index].state { fail(index, error) }
        }
    }

    /// Notes that `send` has enqueued all its records.
    func finishEnqueueing() { decrementRemaining() }

    private func decrementRemaining() {
        guard remaining.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        let waiter = completion.withLock { completion -> CheckedContinuation<Void, Never>? in
            defer { completion = .ended }
            if case .pending(let waiter) = completion { return waiter }
            return nil
        }
        waiter?.resume()
    }

    /// Waits until every record is reported, and returns the results in order.
    func results() async -> [Result<KafkaRecordMetadata, KafkaError>] {
        await withCheckedContinuation { continuation in
            let isEnded = completion.withLock { completion in
                if case .ended = completion { return true }
                completion = .pending(continuation)
                return false
            }
            if isEnded { continuation.resume() }
        }
        return UnsafeBufferPointer(start: slots, count: count).map { slot in
            guard case .reported(let result) = slot.state else { preconditionFailure("a record of a completed batch is not reported") }
            return result
        }
    }
}
