/// The name and version of this program.
enum Version {
    /// Increased with each release of the platform.
    static let number = "0.1.0"

    static var text: String { "quan \(number)" }
}
