import Foundation

/// Small valid files, built byte by byte.
enum Sample {
    static let pdf: [UInt8] = pdf()

    static let jpg: [UInt8] =
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 16] + Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0]
        + [0xFF, 0xC0, 0, 11, 8, 0, 4, 0, 4, 1, 1, 0x11, 0] + [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0] + [0x12, 0x34, 0xFF, 0xD9]

    static let png: [UInt8] = png(width: 2, height: 2)

    static func png(width: Int, height: Int) -> [UInt8] {
        let header = bigEndian(width) + bigEndian(height) + [8, 0, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", [0x78, 0x9C, 1, 2, 3])
            + chunk("IEND", [])
    }

    static let xml = Array(#"<?xml version="1.0" encoding="UTF-8"?><EInvoice><Total>1000.00</Total></EInvoice>"#.utf8)
    static let ofd = zip([("OFD.xml", Array("<OFD/>".utf8)), ("Doc_0/Document.xml", xml), ("Doc_0/Res/a.png", png)])

    /// A zip whose entries are stored without compression. `lie` replaces the size in the directory, `local` the size in the local header.
    static func zip(
        _ entries: [(name: String, content: [UInt8])], encrypted: Bool = false, lie: Int? = nil, local: Int? = nil, deflated: Bool = false
    ) -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let name = Array(entry.name.utf8)
            func head(_ unpacked: Int) -> [UInt8] {
                littleEndian(20, 2) + littleEndian(encrypted ? 1 : 0, 2) + littleEndian(deflated ? 8 : 0, 2) + littleEndian(0, 4)
                    + littleEndian(Int(checksum(entry.content)), 4) + littleEndian(entry.content.count, 4) + littleEndian(unpacked, 4)
            }
            let said = lie ?? entry.content.count
            directory += [0x50, 0x4B, 1, 2] + littleEndian(20, 2) + head(said) + littleEndian(name.count, 2) + littleEndian(0, 4)
            directory += littleEndian(0, 2) + littleEndian(0, 2) + littleEndian(0, 4) + littleEndian(file.count, 4) + name
            file += [0x50, 0x4B, 3, 4] + head(local ?? said) + littleEndian(name.count, 2) + littleEndian(0, 2) + name + entry.content
        }
        let end = littleEndian(0, 4) + littleEndian(entries.count, 2) + littleEndian(entries.count, 2)
        return file + directory + [0x50, 0x4B, 5, 6] + end + littleEndian(directory.count, 4) + littleEndian(file.count, 4)
            + littleEndian(0, 2)
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
        }
        return ~sum
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return bigEndian(data.count) + body + bigEndian(Int(checksum(body)))
    }

    static func bigEndian(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * (3 - $0))) } }
    private static func littleEndian(_ number: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
