/// A span of a distributed trace, as in the `traceparent` header of W3C Trace Context.
public struct TraceContext: Sendable, Hashable {
    /// The header's value in the form of version 00: `00-<trace>-<span>-<flags>`. It is not parsed, because it is passed on far more often
    /// than it is read.
    public let traceparent: String

    /// 32 lower-case hexadecimal digits, not all zero.
    public var traceID: String { part(3..<35) }
    /// 16 lower-case hexadecimal digits, not all zero.
    public var spanID: String { part(36..<52) }
    /// Whether the trace is recorded by its starter.
    public var isSampled: Bool { traceparent.utf8.last == UInt8(ascii: "1") }

    /// Begins a trace.
    public static func begin() -> TraceContext {
        var random = SystemRandomNumberGenerator()
        return TraceContext(
            traceID: hex(random.next() | 1) + hex(random.next()), spanID: hex(random.next() | 1), isSampled: true)
    }

    /// A new span of the same trace.
    public func child() -> TraceContext {
        var random = SystemRandomNumberGenerator()
        return TraceContext(traceID: traceID, spanID: Self.hex(random.next() | 1), isSampled: isSampled)
    }

    /// Reads a `traceparent`; nil if it is malformed, because the standard requires a malformed one to be ignored.
    public init?(traceparent: String) {
        var text = traceparent
        guard let flags = text.withUTF8(Self.flags(of:)) else { return nil }
        let canonical = flags & 1 == 1 ? "01" : "00"
        if text.utf8.count == 55, text.hasPrefix("00"), text.hasSuffix(canonical) {
            self.traceparent = text
        } else {
            self.traceparent = "00" + String(decoding: text.utf8.dropFirst(2).prefix(51), as: UTF8.self) + canonical
        }
    }

    /// The flags of a well-formed text: two digits of version, 32 of trace, 16 of span and two of flags, separated by hyphens. A version
    /// above 00 may have further parts.
    private static func flags(of text: UnsafeBufferPointer<UInt8>) -> UInt8? {
        let hyphen = UInt8(ascii: "-")
        let isZero = { (range: Range<Int>) in text[range].allSatisfy { $0 == UInt8(ascii: "0") } }
        guard text.count >= 55, text[2] == hyphen, text[35] == hyphen, text[52] == hyphen else { return nil }
        for range in [0..<2, 3..<35, 36..<52, 53..<55] where !text[range].allSatisfy(\.isHexadecimalDigit) { return nil }
        guard text[0] != UInt8(ascii: "f") || text[1] != UInt8(ascii: "f") else { return nil }
        guard text.count == 55 || (!isZero(0..<2) && text[55] == hyphen), !isZero(3..<35), !isZero(36..<52) else { return nil }
        return UInt8(String(decoding: text[53..<55], as: UTF8.self), radix: 16)
    }

    private init(traceID: String, spanID: String, isSampled: Bool) {
        traceparent = "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")"
    }

    private func part(_ range: Range<Int>) -> String {
        String(decoding: traceparent.utf8.dropFirst(range.lowerBound).prefix(range.count), as: UTF8.self)
    }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension UInt8 {
    fileprivate var isHexadecimalDigit: Bool { (0x30...0x39).contains(self) || (0x61...0x66).contains(self) }
}
