/// Blots secrets out of log lines: the values of secret settings wherever they appear, and all metadata whose name says
/// that it is secret.
public struct LogRedaction: Sendable {
    static let mask = "(secret)"
    /// Shorter values are too likely to be part of something else, and protect nothing.
    private static let leastSecretCharacters = 6

    private let secrets: [String]

    /// - Parameter secrets: values that must not appear; the longest are blotted out first.
    public init(secrets: [String] = []) {
        self.secrets = secrets.filter { $0.count >= Self.leastSecretCharacters }.sorted { $0.count > $1.count }
    }

    /// The text without any secret in it.
    func clean(_ text: String) -> String {
        secrets.reduce(text) { text, secret in
            text.contains(secret) ? text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: Self.mask) : text
        }
    }

    /// The value of a piece of metadata, masked when its name says so.
    func clean(_ value: String, named name: String) -> String {
        SecretWord.isIn(name) ? Self.mask : clean(value)
    }
}
