import Testing

@testable import Kafka

@Suite("What a consumer's watch says") struct ConsumerWatchTests {
    private static let start = ContinuousClock.now
    private static let id = TopicPartition(topic: "t", partition: 0)
    private static let other = TopicPartition(topic: "t", partition: 1)

    private func watch(stalls: Int = 0) -> ConsumerWatch {
        ConsumerWatch(joinDeadline: .seconds(30), fetchDeadline: .seconds(20), stalls: stalls)
    }

    private func at(_ seconds: Int) -> ContinuousClock.Instant { Self.start + .seconds(seconds) }

    private func look(_ watch: inout ConsumerWatch, _ position: Int64, end: Int64, begin: Int64? = nil, at seconds: Int)
        -> ConsumerWatch.Verdict
    {
        watch.look([RDOffset(Self.id, position)], [Self.id: .init(begin: begin, end: end)], now: at(seconds))
    }

    @Test("a partition that stands before its log's end is assigned anew, and if that does not help, the client made anew")
    func standing() {
        var watch = watch()
        #expect(look(&watch, 5, end: 9, at: 0) == .fine)
        #expect(look(&watch, 5, end: 9, at: 19) == .fine)
        #expect(look(&watch, 5, end: 12, at: 20) == .reposition([Self.id], stood: .seconds(20)))
        #expect(look(&watch, 5, end: 12, at: 39) == .fine)
        #expect(look(&watch, 5, end: 12, at: 40) == .renew(.unread([Self.id], since: .seconds(40))))
        #expect(!watch.hasMoved)
    }

    @Test("one that moves, has reached the end, or of which nothing is known is left alone")
    func moving() {
        var watch = watch()
        for second in 0..<100 { #expect(look(&watch, Int64(second), end: 1000, at: second) == .fine) }
        #expect(watch.hasMoved)
        for second in 100..<200 { #expect(look(&watch, 1000, end: 1000, at: second) == .fine) }
        for second in 200..<300 {
            #expect(watch.look([RDOffset(Self.other, 1)], [Self.id: .init(end: 7)], now: at(second)) == .fine)
        }
    }

    @Test("one that waits for its beginning stands when there is something to read, and does not when the log is empty")
    func beginning() {
        var empty = watch()
        for second in [0, 30, 60] { #expect(look(&empty, RDOffset.beginning, end: 8, begin: 8, at: second) == .fine) }
        var full = watch()
        #expect(look(&full, RDOffset.beginning, end: 8, begin: 2, at: 0) == .fine)
        #expect(look(&full, RDOffset.beginning, end: 8, begin: 2, at: 20) == .reposition([Self.id], stood: .seconds(20)))
    }

    @Test("a client without an assignment is made anew, unless the brokers do not answer")
    func unassigned() {
        var watch = watch()
        #expect(watch.waits(answeredAt: nil, now: at(0)) == .fine)
        #expect(watch.waits(answeredAt: at(25), now: at(29)) == .fine)
        #expect(watch.waits(answeredAt: at(5), now: at(31)) == .fine)
        #expect(watch.waits(answeredAt: at(30), now: at(31)) == .renew(.unassigned(since: .seconds(31))))
        watch.reads()
        #expect(watch.waits(answeredAt: at(32), now: at(32)) == .fine)
    }

    @Test("each client that got nowhere makes the next more patient, up to a bound")
    func patience() {
        var second = watch(stalls: 1)
        #expect(look(&second, 5, end: 9, at: 0) == .fine)
        #expect(look(&second, 5, end: 9, at: 39) == .fine)
        #expect(look(&second, 5, end: 9, at: 40) == .reposition([Self.id], stood: .seconds(40)))
        var last = watch(stalls: 1000)
        #expect(look(&last, 5, end: 9, at: 0) == .fine)
        #expect(look(&last, 5, end: 9, at: 320) == .reposition([Self.id], stood: .seconds(320)))
    }
}
