/// The name and version of the platform's programs.
package enum Version {
    /// Increased with each release of the platform.
    static let number = "0.1.0"

    package static var text: String { "quan \(number)" }
}
