import HTTPTypes
import Kernel
import Testing

@testable import ServiceHost

@Suite("Rate limits")
struct RateLimitTests {
    private let start = ContinuousClock.now

    private func exceeded(_ body: () throws -> Void) -> RateLimitExceeded? {
        do {
            try body()
            return nil
        } catch { return error as? RateLimitExceeded }
    }

    @Test("QUAN-29: a caller may use the whole quota at once and then what is refilled; other callers are not affected")
    func bucket() throws {
        let buckets = TokenBuckets(RateLimit("requests", quota: 10, window: .seconds(5)))
        for _ in 0..<10 { try buckets.take(of: "a", at: start) }
        let refused = try #require(exceeded { try buckets.take(of: "a", at: start) })
        #expect(refused.left == 0 && refused.seconds == 1)
        try buckets.take(of: "b", at: start)
        try buckets.take(of: "a", at: start + .milliseconds(500))
        #expect(exceeded { try buckets.take(of: "a", at: start + .milliseconds(500)) } != nil)
        // A refused request takes nothing.
        try buckets.take(10, of: "a", at: start + .milliseconds(5500))
    }

    @Test("a refusal states the tokens that are left and the time to wait")
    func amounts() throws {
        let buckets = TokenBuckets(RateLimit("upload-bytes", quota: 100, window: .seconds(100)))
        try buckets.take(70, of: "a", at: start)
        let refused = try #require(exceeded { try buckets.take(50, of: "a", at: start) })
        #expect(refused.left == 30 && refused.seconds == 20)
        #expect(refused.headers[.retryAfter] == "20")
        #expect(HTTPField.Name("RateLimit").flatMap { refused.headers[$0] } == #""upload-bytes";r=30;t=20"#)
        #expect(HTTPField.Name("RateLimit-Policy").flatMap { refused.headers[$0] } == #""upload-bytes";q=100;w=100"#)
        #expect(refused.refusal.clauses == ["QUAN-29"])
    }

    @Test("the number of buckets is bounded; full buckets are removed first")
    func memory() throws {
        let buckets = TokenBuckets(RateLimit("requests", quota: 2, window: .seconds(10)), maximumCallers: 100)
        for caller in 0..<90 { try buckets.take(of: "early \(caller)", at: start) }
        for _ in 0..<2 { try buckets.take(of: "late", at: start + .seconds(20)) }
        for caller in 0..<1000 { try buckets.take(of: "more \(caller)", at: start + .seconds(20)) }
        #expect(buckets.count <= 100)
    }
}
