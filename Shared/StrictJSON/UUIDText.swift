public import Foundation

/// A UUID's text in lower case, as RFC 9562 requires. Foundation writes upper case, and converting it would be slower; every record has two
/// or three UUIDs.
extension UUID {
    /// The 36 characters in lower case, for example as the key of an aggregate's messages.
    public var lowercased: String { String(decoding: lowercasedOctets, as: UTF8.self) }

    /// The 36 characters as octets.
    public var lowercasedOctets: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        withUnsafeBytes(of: uuid) { Self.append($0, to: &text) }
        return text
    }

    /// Appends the 36 characters of the UUID with these 16 octets.
    public static func append(_ octets: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        for (index, octet) in octets.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
            text.append(digit(octet >> 4))
            text.append(digit(octet & 15))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value }
}
