import Foundation
import Kafka
import Messages
import Testing

@testable import Messaging

@Suite("Envelope headers")
struct EnvelopeHeadersTests {
    private static let required = ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"]
    private static let all = required + ["ce_keyversion", "ce_shard", "ce_sequence", "ce_cause", "ce_token", "traceparent", "content-type"]

    private static var full: [KafkaHeader] {
        Records.eventHeaders(version: 3, shard: 5, sequence: 8).with("ce_cause", UUID().uuidString).with("ce_token", "eyJ")
            .with("traceparent", TraceContext.begin().traceparent)
    }

    private func fault(_ headers: [KafkaHeader], key: [UInt8]? = Array("k".utf8)) -> EnvelopeFault? {
        do throws(EnvelopeFault) {
            _ = try EnvelopeHeaders.envelope(of: Records.record(key: key, headers: headers))
            return nil
        } catch {
            return error
        }
    }

    @Test("any envelope survives a round trip through its headers")
    func roundTrip() throws {
        var random = Seeded()
        for _ in 0..<500 {
            let envelope = Self.anyEnvelope(&random)
            let record = Records.record(key: Array(envelope.key.utf8), headers: EnvelopeHeaders.headers(of: envelope))
            #expect(try EnvelopeHeaders.envelope(of: record) == envelope, "seed \(random.seed)")
        }
    }

    @Test("a missing required header is named", arguments: required)
    func missing(name: String) { #expect(fault(Self.full.without(name)) == .missingHeader(name)) }

    @Test("a repeated header that Quan reads is named, even if the values are equal", arguments: all)
    func repeated(name: String) throws {
        let again = try #require(Self.full.first { $0.name == name })
        #expect(fault(Self.full + [again]) == .repeatedHeader(name))
    }

    @Test("a header without a value, not in UTF-8 or too long is named", arguments: all)
    func notText(name: String) {
        for value in [nil, [0xff, 0xfe], [0xc3], Array(repeating: UInt8(ascii: "a"), count: MessageLimits.headerBytes + 1)] as [[UInt8]?] {
            guard case .malformedHeader(name, _) = fault(Self.full.with(name, value)) else {
                Issue.record(
                    "\(name) with \(value?.count ?? -1) bytes was not named: \(String(describing: fault(Self.full.with(name, value))))")
                continue
            }
        }
    }

    @Test(
        "a header with an invalid value is named, and its value is not repeated",
        arguments: [
            ("ce_specversion", ["", "0.3", "1", "1.0 "]), ("ce_id", ["", "secret", "0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d7", "1"]),
            ("ce_source", ["", "a b", "Counter", "a.b", String(repeating: "s", count: 65), "订单"]),
            ("ce_type", ["", "counter", "counter.x", "counter.x.v0", "counter.x.1"]),
            ("ce_time", ["", "yesterday", "2026-02-30T00:00:00Z", "2026-05-09T15:59:59+08:00"]),
            ("ce_keyversion", ["", "0", "-1", "x", "1.5", "9223372036854775808", "9223372036854775807"]),
            ("ce_shard", ["", "-1", "32", "99999", "x"]),
            ("ce_sequence", ["", "0", "-1", "x", "9223372036854775808", "9223372036854775807"]),
            ("ce_cause", ["", "secret"]), ("content-type", ["", "text/plain", "application/xml"]),
        ])
    func meaningless(name: String, texts: [String]) {
        for text in texts {
            let fault = fault(Self.full.with(name, text))
            guard case .malformedHeader(name, _) = fault else {
                Issue.record("\(name): \(text) was taken for \(String(describing: fault))")
                continue
            }
            #expect(text != "secret" || fault?.description.contains("secret") == false)
        }
    }

    @Test("a place needs both shard and sequence number")
    func halfAPlace() {
        #expect(fault(Self.full.without("ce_shard")) == .missingHeader("ce_shard"))
        #expect(fault(Self.full.without("ce_sequence")) == .missingHeader("ce_sequence"))
        #expect(fault(Self.full.without("ce_sequence").without("ce_shard")) == nil)
    }

    @Test("a malformed trace is ignored, and the message is valid")
    func badTrace() throws {
        let record = Records.record(headers: Self.full.with("traceparent", "00-zz-zz-zz"))
        #expect(try EnvelopeHeaders.envelope(of: record).trace == nil)
    }

    @Test("unknown headers are ignored, whatever they contain and however often they are repeated")
    func unknownHeaders() {
        let strangers = [
            KafkaHeader("x-request", "1"), KafkaHeader("x-request", "2"), KafkaHeader(name: "ce_future", value: nil),
            KafkaHeader(name: "", value: [0xff]),
        ]
        #expect(fault(strangers + Self.full + strangers) == nil)
    }

    @Test("a JSON content type may have parameters, and may be missing")
    func contentType() {
        #expect(fault(Self.full.with("content-type", "application/json; charset=utf-8")) == nil)
        #expect(fault(Self.full.without("content-type")) == nil)
    }

    @Test("a key is required, is text without NUL, and has at most 1024 bytes")
    func key() {
        #expect(fault(Self.full, key: nil) == .noKey)
        #expect(fault(Self.full, key: []) == .noKey)
        #expect(fault(Self.full, key: [0xff]) == .keyNotText)
        #expect(fault(Self.full, key: [0x61, 0, 0x62]) == .keyNotText)
        #expect(fault(Self.full, key: Array(repeating: 0x61, count: 1025)) == .keyTooLong(bytes: 1025))
        #expect(fault(Self.full, key: Array(repeating: 0x61, count: 10_240)) == .keyTooLong(bytes: 10_240))
        #expect(fault(Self.full, key: Array(repeating: 0x61, count: 1024)) == nil)
    }

    @Test("headers of random bytes are either refused or read, without a crash")
    func garbage() {
        var random = Seeded()
        for _ in 0..<5000 {
            var headers = Self.full
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let name = Self.all.randomElement(using: &random) ?? "ce_id"
                let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
                headers = headers.with(name, random.chance(10) ? nil : bytes)
            }
            if let fault = fault(headers) { #expect(!fault.description.isEmpty, "seed \(random.seed)") }
        }
    }

    private static func anyEnvelope(_ random: inout Seeded) -> Envelope {
        let keys = ["k", "企业-1", "a/b c", String(repeating: "x", count: 1024), "\u{1F4B0}"]
        let isEvent = random.chance(50)
        return Envelope(
            id: UUID(), source: random.chance(50) ? "counter" : "s-3",
            type: MessageType("counter", "x", version: Int.random(in: 1...9999, using: &random)),
            time: Date(
                timeIntervalSinceReferenceDate: Double(Int64.random(in: 0...4_000_000_000, using: &random)) + Double(
                    Int64.random(in: 0..<1_000_000, using: &random)) / 1_000_000),
            key: keys.randomElement(using: &random) ?? "k", version: isEvent ? Int64.random(in: 1...1_000_000_000, using: &random) : nil,
            place: random.chance(70)
                ? SequencePlace(
                    shard: Int16.random(in: 0..<Shard.count, using: &random), sequence: Int64.random(in: 1...1_000_000_000, using: &random))
                : nil,
            cause: random.chance(50) ? UUID() : nil, trace: random.chance(50) ? TraceContext.begin() : nil,
            token: random.chance(30) ? "eyJ.abc" : nil)
    }
}
