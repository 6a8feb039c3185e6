/// Recognises names whose values are secret.
enum SecretName {
    private static let words = ["password", "passwd", "secret", "token", "authorization", "cookie", "private"]

    /// Whether the name of a property or of metadata means that its value is secret.
    static func matches(_ name: String) -> Bool {
        let lowered = name.lowercased()
        return words.contains { lowered.contains($0) }
    }
}
