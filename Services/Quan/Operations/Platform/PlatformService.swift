import Messages

/// A service of the platform, as `quan up` runs it.
package struct PlatformService: Sendable, Hashable {
    /// The service's name, which is also the name of its topics, database and role.
    package let name: String

    /// All services of the platform, in the order in which they are started and listed.
    package static let all = PlatformTopic.services.map(PlatformService.init)

    /// The bank simulator of a sandbox, which `quan up` also runs. It moves no money.
    package static let bank = PlatformService(name: "bank-simulator")

    /// The file name of the program, in the same folder as this one.
    var program: String { "quan-\(name)" }
}
