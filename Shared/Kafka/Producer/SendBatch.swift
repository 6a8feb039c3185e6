import Synchronization

/// The records of one `send` on their way. Each has a slot whose address is what librdkafka gives back in the delivery report, so
/// that a report costs neither a lookup nor an allocation.
final class SendBatch: @unchecked Sendable {
    struct Slot {
        enum State { case waiting, inFlight, reported }

        unowned(unsafe) let batch: SendBatch
        var state = State.waiting
        var place = KafkaPlace(partition: -1, offset: -1)
        var error: KafkaError?
    }

    private enum Ending {
        case pending(CheckedContinuation<Void, Never>?)
        case ended
    }

    let count: Int
    private let slots: UnsafeMutablePointer<Slot>
    /// One for each record, and one for `send` itself, which may not end before it has handed over the last.
    private let remaining: Atomic<Int>
    private let ending = Mutex(Ending.pending(nil))
    /// How many slots from the first have been librdkafka's; `send` writes to those after them.
    private let handedOver = Atomic<Int>(0)

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

    /// What librdkafka carries for the record; from here on its report is expected.
    func takeOff(_ index: Int) -> UnsafeMutableRawPointer {
        slots[index].state = .inFlight
        return UnsafeMutableRawPointer(slots + index)
    }

    /// The record never took off: librdkafka refused it.
    func fail(_ index: Int, _ error: KafkaError) { Self.report(slots + index, error: error) }

    /// librdkafka refused it for want of room; it is tried again.
    func comeBack(_ index: Int) { slots[index].state = .waiting }

    /// A delivery report.
    /// - Parameter opaque: what `takeOff` gave
    static func landed(_ opaque: UnsafeMutableRawPointer, at place: KafkaPlace, error: KafkaError?) {
        let slot = opaque.assumingMemoryBound(to: Slot.self)
        slot.pointee.place = place
        report(slot, error: error)
    }

    private static func report(_ slot: UnsafeMutablePointer<Slot>, error: KafkaError?) {
        guard slot.pointee.state != .reported else { return }
        slot.pointee.state = .reported
        slot.pointee.error = error
        slot.pointee.batch.oneLess()
    }

    /// Everything before the index has been handed over, or refused for itself.
    func handedOver(upTo index: Int) { handedOver.store(index, ordering: .releasing) }

    /// Fails what is in flight with a client that has ended without a report, and in which nobody is any more.
    func failInFlight(_ error: KafkaError) {
        for index in 0..<handedOver.load(ordering: .acquiring) where slots[index].state == .inFlight { fail(index, error) }
    }

    /// `send` has handed over all it had.
    func allHandedOver() { oneLess() }

    private func oneLess() {
        guard remaining.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        let waiter = ending.withLock { ending -> CheckedContinuation<Void, Never>? in
            defer { ending = .ended }
            if case .pending(let waiter) = ending { return waiter }
            return nil
        }
        waiter?.resume()
    }

    /// Waits until every record is reported, and gives the results in the records' order.
    func results() async -> [Result<KafkaPlace, KafkaError>] {
        await withCheckedContinuation { continuation in
            let isEnded = ending.withLock { ending in
                if case .ended = ending { return true }
                ending = .pending(continuation)
                return false
            }
            if isEnded { continuation.resume() }
        }
        return UnsafeBufferPointer(start: slots, count: count).map { slot in
            slot.error.map { .failure($0) } ?? .success(slot.place)
        }
    }
}
