import Testing

@testable import Kafka

@Suite("The consumer's stall detector") struct ConsumerStallDetectorTests {
    private static let start = ContinuousClock.now
    private static let id = TopicPartition(topic: "t", partition: 0)
    private static let other = TopicPartition(topic: "t", partition: 1)

    private func detector(stalls: Int = 0) -> ConsumerStallDetector {
        ConsumerStallDetector(joinDeadline: .seconds(30), fetchDeadline: .seconds(20), stalls: stalls)
    }

    private func at(_ seconds: Int) -> ContinuousClock.Instant { Self.start + .seconds(seconds) }

    private func check(_ detector: inout ConsumerStallDetector, _ position: Int64, end: Int64, begin: Int64? = nil, at seconds: Int)
        -> ConsumerStallDetector.Verdict
    {
        detector.checkProgress([RDOffset(Self.id, position)], [Self.id: .init(begin: begin, end: end)], now: at(seconds))
    }

    @Test("a partition without progress before its log's end is reassigned, and if that does not help the client is replaced")
    func stalledPartition() {
        var detector = detector()
        #expect(check(&detector, 5, end: 9, at: 0) == .healthy)
        #expect(check(&detector, 5, end: 9, at: 19) == .healthy)
        #expect(check(&detector, 5, end: 12, at: 20) == .reassign([Self.id], for: .seconds(20)))
        #expect(check(&detector, 5, end: 12, at: 39) == .healthy)
        #expect(check(&detector, 5, end: 12, at: 40) == .replaceClient(.notFetched([Self.id], for: .seconds(40))))
        #expect(!detector.hasProgressed)
    }

    @Test("a partition that progresses, is at the end or has no known bounds causes no recovery")
    func moving() {
        var detector = detector()
        for second in 0..<100 { #expect(check(&detector, Int64(second), end: 1000, at: second) == .healthy) }
        #expect(detector.hasProgressed)
        for second in 100..<200 { #expect(check(&detector, 1000, end: 1000, at: second) == .healthy) }
        for second in 200..<300 {
            #expect(detector.checkProgress([RDOffset(Self.other, 1)], [Self.id: .init(end: 7)], now: at(second)) == .healthy)
        }
    }

    @Test("a partition at the beginning is stalled when its log has records, and not when its log is empty")
    func beginning() {
        var empty = detector()
        for second in [0, 30, 60] { #expect(check(&empty, RDOffset.beginning, end: 8, begin: 8, at: second) == .healthy) }
        var full = detector()
        #expect(check(&full, RDOffset.beginning, end: 8, begin: 2, at: 0) == .healthy)
        #expect(check(&full, RDOffset.beginning, end: 8, begin: 2, at: 20) == .reassign([Self.id], for: .seconds(20)))
    }

    @Test("a client without an assignment is replaced, unless the brokers do not answer")
    func unassigned() {
        var detector = detector()
        #expect(detector.checkAssignment(answeredAt: nil, now: at(0)) == .healthy)
        #expect(detector.checkAssignment(answeredAt: at(25), now: at(29)) == .healthy)
        #expect(detector.checkAssignment(answeredAt: at(5), now: at(31)) == .healthy)
        #expect(detector.checkAssignment(answeredAt: at(30), now: at(31)) == .replaceClient(.unassigned(for: .seconds(31))))
        detector.noteAssignment()
        #expect(detector.checkAssignment(answeredAt: at(32), now: at(32)) == .healthy)
    }

    @Test("each client without progress doubles the deadlines of the next, up to a bound")
    func longerDeadlines() {
        var second = detector(stalls: 1)
        #expect(check(&second, 5, end: 9, at: 0) == .healthy)
        #expect(check(&second, 5, end: 9, at: 39) == .healthy)
        #expect(check(&second, 5, end: 9, at: 40) == .reassign([Self.id], for: .seconds(40)))
        var last = detector(stalls: 1000)
        #expect(check(&last, 5, end: 9, at: 0) == .healthy)
        #expect(check(&last, 5, end: 9, at: 320) == .reassign([Self.id], for: .seconds(320)))
    }
}
