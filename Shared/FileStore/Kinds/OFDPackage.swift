/// The entries of a zip's central directory, each checked against its local header: if the two differ, programs could show different
/// content for one file.
struct OFDPackage {
    /// A file in the package.
    struct Entry {
        let name: String
        let isEncrypted: Bool
        let isDeflated: Bool
        let checksum: Int
        let packed: Int
        let unpacked: Int
        /// The offset of its local header, and the range of its data.
        let begin: Int
        let data: Range<Int>
    }

    private static let mostEntries = 5_000
    private static let endBytes = 22

    let entries: [Entry]

    /// Reads the directory; nil if it is incomplete, contradicts a local header, or there are bytes before, between or after the entries.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.suffix(Self.endBytes + 65_535).lastRange(of: [0x50, 0x4B, 0x05, 0x06])?.lowerBound,
            end + Self.endBytes <= bytes.count, end + Self.endBytes + bytes.littleEndian(at: end + 20, bytes: 2) == bytes.count
        else { return nil }
        let count = bytes.littleEndian(at: end + 10, bytes: 2)
        let begin = bytes.littleEndian(at: end + 16, bytes: 4)
        guard (1...Self.mostEntries).contains(count), begin + bytes.littleEndian(at: end + 12, bytes: 4) == end else { return nil }
        var place = begin
        var entries: [Entry] = []
        for _ in 0..<count {
            guard let (entry, length) = Self.entry(bytes, at: place, directory: begin..<end) else { return nil }
            entries.append(entry)
            place += length
        }
        guard place == end, Self.followEachOther(entries, upTo: begin), Set(entries.map(\.name)).count == count else { return nil }
        self.entries = entries
    }

    /// The entry at an offset of the directory, and its length there.
    static func entry(_ bytes: [UInt8], at place: Int, directory: Range<Int>) -> (Entry, length: Int)? {
        guard place + 46 <= directory.upperBound, bytes[place..<place + 4].elementsEqual([0x50, 0x4B, 0x01, 0x02]) else { return nil }
        let nameLength = bytes.littleEndian(at: place + 28, bytes: 2)
        let length = 46 + nameLength + bytes.littleEndian(at: place + 30, bytes: 2) + bytes.littleEndian(at: place + 32, bytes: 2)
        guard place + length <= directory.upperBound else { return nil }
        let (flags, method) = (bytes.littleEndian(at: place + 8, bytes: 2), bytes.littleEndian(at: place + 10, bytes: 2))
        let (checksum, packed) = (bytes.littleEndian(at: place + 16, bytes: 4), bytes.littleEndian(at: place + 20, bytes: 4))
        let (unpacked, header) = (bytes.littleEndian(at: place + 24, bytes: 4), bytes.littleEndian(at: place + 42, bytes: 4))
        let name = bytes[(place + 46)..<(place + 46 + nameLength)]
        guard header + 30 <= directory.lowerBound, bytes[header..<header + 4].elementsEqual([0x50, 0x4B, 0x03, 0x04]),
            [0, 8].contains(method)
        else { return nil }
        let start = header + 30 + bytes.littleEndian(at: header + 26, bytes: 2) + bytes.littleEndian(at: header + 28, bytes: 2)
        guard start + packed <= directory.lowerBound, bytes.littleEndian(at: header + 26, bytes: 2) == nameLength,
            bytes[(header + 30)..<(header + 30 + nameLength)].elementsEqual(name), bytes.littleEndian(at: header + 8, bytes: 2) == method,
            bytes.littleEndian(at: header + 6, bytes: 2) & 1 == flags & 1, method == 8 || packed == unpacked
        else { return nil }
        // If a data descriptor follows the data, the local header may have zero sizes.
        let isBehind = bytes.littleEndian(at: header + 6, bytes: 2) & 8 != 0
        for (offset, value) in [(14, checksum), (18, packed), (22, unpacked)] {
            let said = bytes.littleEndian(at: header + offset, bytes: 4)
            guard said == value || isBehind && said == 0 else { return nil }
        }
        let entry = Entry(
            name: String(decoding: name, as: UTF8.self), isEncrypted: flags & 1 == 1, isDeflated: method == 8, checksum: checksum,
            packed: packed, unpacked: unpacked, begin: header, data: start..<(start + packed))
        return (entry, length)
    }

    /// Whether the entries fill the bytes up to the directory, with gaps only for data descriptors.
    private static func followEachOther(_ entries: [Entry], upTo end: Int) -> Bool {
        var place = 0
        for entry in entries.sorted(by: { $0.begin < $1.begin }) {
            guard (0...24).contains(entry.begin - place) else { return false }
            place = entry.data.upperBound
        }
        return (0...24).contains(end - place)
    }
}
