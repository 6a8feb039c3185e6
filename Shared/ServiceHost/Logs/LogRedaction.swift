/// Masks secrets in log lines: the values of secret settings wherever they appear, and metadata with a secret name (`SecretName`).
public struct LogRedaction: Sendable {
    static let mask = "(secret)"
    /// Shorter values are not masked, because they occur in ordinary text too and are no effective secrets.
    private static let minimumSecretCharacters = 6

    private let secrets: [String]

    /// - Parameter secrets: the values to mask; the longest are masked first.
    public init(secrets: [String] = []) {
        self.secrets = secrets.filter { $0.count >= Self.minimumSecretCharacters }.sorted { $0.count > $1.count }
    }

    /// The text with all secrets masked.
    func clean(_ text: String) -> String {
        secrets.reduce(text) { text, secret in
            text.contains(secret) ? text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: Self.mask) : text
        }
    }

    /// The value of metadata with all secrets masked; masked completely when its name is secret.
    func clean(_ value: String, named name: String) -> String {
        SecretName.matches(name) ? Self.mask : clean(value)
    }
}
