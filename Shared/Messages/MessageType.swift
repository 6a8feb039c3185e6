/// The name of a message type: `<service>.<name>.v<version>`, for example `ordering.place-order.v1`.
public struct MessageType: Sendable, Hashable, CustomStringConvertible {
    /// The service that handles the command or publishes the event; `platform` for messages of every service.
    public let service: String
    /// The name of the command or event, in lower case with hyphens.
    public let name: String
    /// The version of the body's schema, from 1.
    public let version: Int

    /// A type whose parts are known to be well formed.
    public init(_ service: String, _ name: String, version: Int = 1) {
        self.service = service
        self.name = name
        self.version = version
    }

    /// Parses a type name; nil if it does not have the form `<service>.<name>.v<version>`.
    public init?(parsing text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isPlainName, parts[1].isPlainName, parts[2].first == UInt8(ascii: "v"),
            let version = Int(Substring(parts[2].dropFirst())), (1...9999).contains(version), "v\(version)".utf8.elementsEqual(parts[2])
        else { return nil }
        self.init(String(Substring(parts[0])), String(Substring(parts[1])), version: version)
    }

    /// The name as written in a header.
    public var description: String { "\(service).\(name).v\(version)" }
}

extension Substring.UTF8View {
    /// Whether it is a valid service or message name: 1 to 64 lower-case letters, digits and hyphens.
    fileprivate var isPlainName: Bool {
        (1...64).contains(count)
            && allSatisfy { ($0 >= 0x61 && $0 <= 0x7a) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2d }
    }
}
