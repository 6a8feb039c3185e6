/// An OFD's frame: a zip whose directory lists OFD.xml, whose entries lie within the file, and which does not unpack to more than papers do.
///
/// Nothing is unpacked here: sizes are as the directory tells them.
enum OFDCheck {
    private static let mostUnpacked = 100 << 20
    private static let mostEntries = 5_000
    private static let endBytes = 22

    private struct Entry {
        let name: String
        let isEncrypted: Bool
        let packed: Int
        let unpacked: Int
        let header: Int
    }

    static func fault(in bytes: [UInt8]) -> ContentFault? {
        guard let entries = entries(bytes) else { return .damaged(zh: "OFD 压缩包不完整", en: "the OFD's package is cut off or damaged") }
        guard entries.contains(where: { $0.name == "OFD.xml" }) else {
            return .damaged(zh: "压缩包中没有 OFD.xml，不是 OFD 文件", en: "the package holds no OFD.xml: it is no OFD")
        }
        let unpacked = entries.reduce(0) { $0 + $1.unpacked }
        let packed = entries.reduce(0) { $0 + $1.packed }
        guard unpacked <= mostUnpacked, packed <= bytes.count else {
            return .unsafe(zh: "OFD 展开后过大", en: "the OFD is far too large once unpacked")
        }
        guard entries.allSatisfy({ !$0.isEncrypted && isInside($0.name) }) else {
            return .unsafe(zh: "OFD 压缩包已加密或含有越界路径", en: "the OFD's package is encrypted, or names files outside itself")
        }
        return nil
    }

    private static func isInside(_ name: String) -> Bool {
        !name.hasPrefix("/") && !name.contains("\\") && !name.split(separator: "/").contains("..")
    }

    /// The directory at the end; nil where it is not whole.
    private static func entries(_ bytes: [UInt8]) -> [Entry]? {
        let end = bytes.suffix(endBytes + 65_535).lastRange(of: [0x50, 0x4B, 0x05, 0x06])?.lowerBound
        guard let end, end + endBytes <= bytes.count else { return nil }
        let count = bytes.littleEndian(at: end + 10, bytes: 2)
        let size = bytes.littleEndian(at: end + 12, bytes: 4)
        var place = bytes.littleEndian(at: end + 16, bytes: 4)
        guard (1...mostEntries).contains(count), place + size <= end else { return nil }
        var entries: [Entry] = []
        for _ in 0..<count {
            guard let (entry, length) = entry(bytes, at: place, before: end) else { return nil }
            entries.append(entry)
            place += length
        }
        return entries
    }

    private static func entry(_ bytes: [UInt8], at place: Int, before end: Int) -> (Entry, length: Int)? {
        guard place + 46 <= end, bytes[place..<place + 4].elementsEqual([0x50, 0x4B, 0x01, 0x02]) else { return nil }
        let nameLength = bytes.littleEndian(at: place + 28, bytes: 2)
        let length = 46 + nameLength + bytes.littleEndian(at: place + 30, bytes: 2) + bytes.littleEndian(at: place + 32, bytes: 2)
        guard place + length <= end else { return nil }
        let entry = Entry(
            name: String(decoding: bytes[(place + 46)..<(place + 46 + nameLength)], as: UTF8.self),
            isEncrypted: bytes[place + 8] & 1 == 1, packed: bytes.littleEndian(at: place + 20, bytes: 4),
            unpacked: bytes.littleEndian(at: place + 24, bytes: 4), header: bytes.littleEndian(at: place + 42, bytes: 4))
        let isWhole =
            entry.header + 30 + entry.packed <= bytes.count
            && bytes[entry.header..<entry.header + 4].elementsEqual([0x50, 0x4B, 0x03, 0x04])
        return isWhole ? (entry, length) : nil
    }
}
