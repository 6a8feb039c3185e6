import Foundation

/// An IP address. An IPv4-mapped IPv6 address is treated as IPv4.
struct IPAddress: Sendable, Hashable {
    /// Four octets (IPv4) or sixteen (IPv6).
    let octets: [UInt8]

    /// Reads an address in text form; nil when it is invalid.
    init?(_ text: String) {
        guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            octets = withUnsafeBytes(of: &four) { Array($0) }
            return
        }
        var sixteen = in6_addr()
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        let all = withUnsafeBytes(of: &sixteen) { Array($0) }
        let isMapped = all[..<10].allSatisfy { $0 == 0 } && all[10] == 0xff && all[11] == 0xff
        octets = isMapped ? Array(all[12...]) : all
    }

    /// The client's name in limits: an IPv4 address, or the /64 network of an IPv6 address, because one subscriber has a whole /64 network.
    var client: String {
        octets.count == 4
            ? octets.map(String.init).joined(separator: ".")
            : octets[..<8].map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "/64"
    }
}

/// A single address or a network such as `10.0.0.0/8`.
struct IPNetwork: Sendable, Hashable {
    private let octets: [UInt8]
    private let bits: Int

    /// Reads an address or a network; nil when it is neither.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
        octets = address.octets
        guard parts.count == 2 else {
            bits = octets.count * 8
            return
        }
        guard let bits = Int(parts[1]), (0...octets.count * 8).contains(bits) else { return nil }
        self.bits = bits
    }

    /// Whether an address belongs to the network.
    func contains(_ address: IPAddress) -> Bool {
        guard address.octets.count == octets.count else { return false }
        return (0..<bits).allSatisfy { bit in
            (octets[bit / 8] ^ address.octets[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
        }
    }
}
