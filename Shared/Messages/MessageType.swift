/// The name of a message type: `<service>.<name>.v<version>`, for example `ordering.place-order.v1`.
public struct MessageType: Sendable, Hashable, CustomStringConvertible {
    /// The service that takes the command or tells the event; `platform` for messages every service understands.
    public let service: String
    /// What is asked or what happened, in lower case with hyphens.
    public let name: String
    /// The version of the body's shape, from 1.
    public let version: Int

    /// Names a type whose parts are known to be well formed.
    public init(_ service: String, _ name: String, version: Int = 1) {
        self.service = service
        self.name = name
        self.version = version
    }

    /// Reads a type name as it stands in a header; nil when it has not the form `<service>.<name>.v<version>`.
    public init?(parsing text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isPlainName, parts[1].isPlainName, parts[2].first == UInt8(ascii: "v"),
            let version = Int(Substring(parts[2].dropFirst())), (1...9999).contains(version), "v\(version)".utf8.elementsEqual(parts[2])
        else { return nil }
        self.init(String(Substring(parts[0])), String(Substring(parts[1])), version: version)
    }

    /// The name as it stands in a header.
    public var description: String { "\(service).\(name).v\(version)" }
}

extension Substring.UTF8View {
    /// Lower-case letters, digits and hyphens, 1 to 64 of them: what a service or message name is made of.
    fileprivate var isPlainName: Bool {
        (1...64).contains(count)
            && allSatisfy { ($0 >= 0x61 && $0 <= 0x7a) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2d }
    }
}
