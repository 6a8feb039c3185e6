/// A place in a distributed trace, as W3C Trace Context writes it in `traceparent`.
public struct TraceContext: Sendable, Hashable {
    /// 32 lower-case hexadecimal digits, not all zero.
    public let traceID: String
    /// 16 lower-case hexadecimal digits, not all zero.
    public let spanID: String
    /// Whether whoever began the trace records it.
    public let isSampled: Bool

    /// Begins a trace.
    public static func begin() -> TraceContext {
        var random = SystemRandomNumberGenerator()
        return TraceContext(
            traceID: hex(random.next() | 1) + hex(random.next()), spanID: hex(random.next() | 1), isSampled: true)
    }

    /// The next step of the same trace.
    public func child() -> TraceContext {
        var random = SystemRandomNumberGenerator()
        return TraceContext(traceID: traceID, spanID: Self.hex(random.next() | 1), isSampled: isSampled)
    }

    /// Reads a `traceparent`; nil when it is malformed, as the standard has it: a bad one is as good as none.
    public init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].isHex(2), parts[0] != "ff", parts[1].isHex(32), parts[2].isHex(16), parts[3].isHex(2),
            parts[0] != "00" || parts.count == 4, parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        self.init(traceID: String(parts[1]), spanID: String(parts[2]), isSampled: flags & 1 == 1)
    }

    private init(traceID: String, spanID: String, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// The header's value.
    public var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Substring {
    fileprivate func isHex(_ length: Int) -> Bool {
        utf8.count == length && utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
    }
}
