import Messages

/// A service of the platform, as `quan up` runs it.
struct PlatformService: Sendable, Hashable {
    /// Its name: of its topics, its database and its role; its program is `quan-<name>`.
    let name: String

    /// Every service of the platform, in the order in which they are started and told of.
    static let all = PlatformTopic.services.map(PlatformService.init)

    /// The bank of a sandbox: no service of the platform, but kept running beside them. It moves no money.
    static let bank = PlatformService(name: "bank-simulator")

    /// The program, as it is called beside this one.
    var program: String { "quan-\(name)" }
}
