/// What this program calls itself.
enum Version {
    /// Raised with each release of the platform.
    static let number = "0.1.0"

    static var text: String { "quan \(number)" }
}
