public import Foundation

/// Instants in the format of the bank's messages: RFC 3339 in UTC, in whole seconds.
public enum ISOTime {
    /// `2026-09-28T10:00:00Z`.
    public static func text(_ instant: Date) -> String { instant.ISO8601Format() }

    /// The day in Beijing, `2026-09-28`.
    public static func day(_ instant: Date) -> String { String(instant.addingTimeInterval(8 * 3600).ISO8601Format().prefix(10)) }

    /// Parses an instant, with or without fractions of a second. Without a zone it is Beijing time. Nil for anything else.
    public static func instant(_ text: String) -> Date? {
        guard let match = text.wholeMatch(of: /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|[+\-]\d\d:\d\d)?/) else { return nil }
        return try? Date("\(match.1)\(match.2 ?? "+08:00")", strategy: .iso8601)
    }
}

extension UUID {
    /// The 32 digits without hyphens, in lower case: an id of ISO 20022 has at most 35 characters.
    public var compact: String { uuidString.lowercased().replacing("-", with: "") }

    /// Parses the 32 digits; nil for anything else.
    public init?(compact text: String) {
        guard text.utf8.count == 32 else { return nil }
        let digits = Array(text)
        let parts = [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
        self.init(uuidString: parts.map { String($0) }.joined(separator: "-"))
    }
}
