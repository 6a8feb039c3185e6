import Foundation

extension UUID {
    /// The 16 bytes in network order.
    var octets: [UInt8] { withUnsafeBytes(of: uuid) { Array($0) } }

    /// An id from 16 bytes, with the version and the RFC 9562 variant set. Missing bytes count as zero.
    init(octets: [UInt8], version: UInt8) {
        var raw: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &raw) { bytes in
            for (place, octet) in octets.prefix(16).enumerated() { bytes[place] = octet }
            bytes[6] = bytes[6] & 0x0F | version << 4
            bytes[8] = bytes[8] & 0x3F | 0x80
        }
        self.init(uuid: raw)
    }
}
