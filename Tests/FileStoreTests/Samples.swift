import Foundation

/// Small files that are whole, built byte by byte.
enum Sample {
    static let pdf: [UInt8] = {
        let body = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
        let table = "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n"
        return Array((body + table + "\(body.utf8.count)\n%%EOF\n").utf8)
    }()

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
    static let ofd = zip([("OFD.xml", 20, 20), ("Doc_0/Document.xml", 30, 90)])

    static func padded(_ file: [UInt8], to count: Int) -> [UInt8] {
        // A comment in front of the table keeps a PDF whole.
        let body = "%PDF-1.4\n%" + String(repeating: "x", count: 64) + "\n"
        var filler = count - file.count
        while true {
            let text = body + "%" + String(repeating: "y", count: max(filler, 0)) + "\n"
            let table = "xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 >>\nstartxref\n\(text.utf8.count)\n%%EOF\n"
            let bytes = Array((text + table).utf8)
            guard bytes.count != count else { return bytes }
            filler += count - bytes.count
        }
    }

    /// A zip as its directory tells it: names with packed and unpacked sizes. What is packed is nothing in particular.
    static func zip(_ entries: [(name: String, packed: Int, unpacked: Int)], encrypted: Bool = false) -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let name = Array(entry.name.utf8)
            let sizes = littleEndian(0, 4) + littleEndian(entry.packed, 4) + littleEndian(entry.unpacked, 4)
            let head = littleEndian(20, 2) + littleEndian(encrypted ? 1 : 0, 2) + littleEndian(8, 2) + littleEndian(0, 4) + sizes
            directory += [0x50, 0x4B, 1, 2] + littleEndian(20, 2) + head + littleEndian(name.count, 2) + littleEndian(0, 4)
            directory += littleEndian(0, 2) + littleEndian(0, 2) + littleEndian(0, 4) + littleEndian(file.count, 4) + name
            file += [0x50, 0x4B, 3, 4] + head + littleEndian(name.count, 2) + littleEndian(0, 2) + name
            file += [UInt8](repeating: 7, count: entry.packed)
        }
        let end = littleEndian(0, 4) + littleEndian(entries.count, 2) + littleEndian(entries.count, 2)
        return file + directory + [0x50, 0x4B, 5, 6] + end + littleEndian(directory.count, 4) + littleEndian(file.count, 4)
            + littleEndian(0, 2)
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        var sum = ~UInt32(0)
        for byte in body {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
        }
        return bigEndian(data.count) + body + bigEndian(Int(~sum))
    }

    private static func bigEndian(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * (3 - $0))) } }
    private static func littleEndian(_ number: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
