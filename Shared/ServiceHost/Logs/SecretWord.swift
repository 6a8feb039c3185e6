/// Names whose values are secret wherever they turn up.
enum SecretWord {
    private static let words = ["password", "passwd", "secret", "token", "authorization", "cookie", "private"]

    /// Whether a name of a property or of a piece of metadata says that its value is secret.
    static func isIn(_ name: String) -> Bool {
        let lowered = name.lowercased()
        return words.contains { lowered.contains($0) }
    }
}
