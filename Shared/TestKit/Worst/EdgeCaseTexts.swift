/// Texts that have caused failures in software, for tests that put each of them into every text of every message.
public enum EdgeCaseTexts {
    /// An edge case.
    public struct Sample: Sendable {
        /// The kind of edge case.
        public let name: String
        /// The text.
        public let text: String
    }

    /// All samples.
    /// - Parameter longest: the approximate number of bytes of the longest sample.
    public static func all(longest: Int = 100_000) -> [Sample] {
        short
            + [
                Sample(name: "one character of many bytes", text: "e" + String(repeating: "\u{0301}", count: longest / 2)),
                Sample(name: "very long", text: String(repeating: "券", count: longest / 3)),
                Sample(name: "long ASCII text", text: String(repeating: "a", count: min(longest, 20_000))),
                Sample(name: "many spaces", text: String(repeating: " ", count: min(longest, 20_000))),
            ]
    }

    /// The short samples.
    public static let short: [Sample] = [
        Sample(name: "empty", text: ""),
        Sample(name: "a space", text: " "),
        Sample(name: "Unicode spaces", text: "\u{3000}\u{00A0}\u{2003}"),
        Sample(name: "NUL", text: "a\u{0}b"),
        Sample(name: "NUL alone", text: "\u{0}"),
        Sample(name: "control characters", text: "a\u{1}\u{7}\u{8}\u{1B}[31m\u{7F}\u{9B}b"),
        Sample(name: "line breaks", text: "a\r\nb\u{2028}c\u{2029}d\u{85}e"),
        Sample(name: "bidirectional overrides", text: "abc\u{202E}gpj.exe\u{2066}x\u{2069}"),
        Sample(name: "zero width", text: "a\u{200B}\u{200D}\u{FEFF}\u{2060}b"),
        Sample(name: "zero width alone", text: "\u{200B}\u{FEFF}"),
        Sample(name: "noncharacters", text: "\u{FFFE}\u{FFFF}\u{1FFFE}"),
        Sample(name: "replacement character", text: "\u{FFFD}"),
        Sample(name: "emoji sequence", text: "👨‍👩‍👧‍👦👨‍👩‍👧‍👦"),
        Sample(name: "rare ideograph", text: "𠮷野家\u{20BB7}"),
        Sample(name: "right to left", text: "שלום عليكم"),
        Sample(name: "full width", text: "ＡＢＣ１２３．ｖ１"),
        Sample(name: "SQL", text: "'); drop table orders; --"),
        Sample(name: "SQL pattern", text: "%_\\%"),
        Sample(name: "JSON", text: "\",\"amountFen\":1,\"x\":\"{[}]\\\\"),
        Sample(name: "XML", text: "]]><a b='c'>&lt;&#0;<!--"),
        Sample(name: "a script", text: "<script>alert(1)</script>"),
        Sample(name: "path traversal", text: "../../../../etc/passwd"),
        Sample(name: "an encoded NUL", text: "a%00b"),
        Sample(name: "template injection", text: "${jndi:ldap://x}{{7*7}}%s%n"),
        Sample(name: "a formula", text: "=1+1"),
        Sample(name: "a number", text: "12345"),
        Sample(name: "a number above Int64", text: "9223372036854775808"),
        Sample(name: "negative zero", text: "-0"),
        Sample(name: "a number above Double", text: "1e309"),
        Sample(name: "true", text: "true"),
        Sample(name: "null", text: "null"),
        Sample(name: "an upper-case id", text: "0198C5A2-7D1E-7C3B-9F00-2B6F3A1C5D7E"),
        Sample(name: "the zero id", text: "00000000-0000-0000-0000-000000000000"),
        Sample(name: "an id in braces", text: "{0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d7e}"),
        Sample(name: "the first day", text: "0001-01-01"),
        Sample(name: "a zero date", text: "0000-00-00"),
        Sample(name: "the last day", text: "9999-12-31"),
        Sample(name: "a five-digit year", text: "10000-01-01"),
        Sample(name: "a day that does not exist", text: "2026-02-29"),
        Sample(name: "a leap day", text: "2024-02-29"),
        Sample(name: "the last instant", text: "9999-12-31T23:59:59.999999Z"),
        Sample(name: "the first instant", text: "0001-01-01T00:00:00Z"),
        Sample(name: "a leap second", text: "2016-12-31T23:59:60Z"),
        Sample(name: "an instant with an offset", text: "2026-04-01T09:00:00+08:00"),
    ]
}

/// JSON values other than texts that have caused failures in software.
public enum EdgeCaseValues {
    /// Numbers at the limits of their types, and invalid numbers.
    public static let numbers = [
        "0", "-0", "1", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775809",
        "18446744073709551615", "18446744073709551616", "2147483648", "-2147483649", "4294967296", "9007199254740993", "0.1", "-0.5",
        "1e0", "1E400", "-1e400", "1e-400", "123456789012345678901234567890", "01", "+1", "0x10", "NaN", "Infinity", "-", "1.", ".5",
        "99999999999999999", "1000000000000000",
    ]

    /// Invalid JSON strings: unpaired surrogates and malformed escapes.
    public static let halves = [#""\ud800""#, #""\udc00""#, #""a\ud800b""#, #""\udfff\ud800""#, #""\uD83D""#, #""\u00""#, #""\x""#]

    /// Other values.
    public static let others = ["null", "true", "false", "[]", "{}", "[null]", #"[["x"]]"#, #"{"":""}"#, #"{"id":{"id":{}}}"#, "\"\""]
}
