/// Checks a PNG: every chunk and its checksum, the header first, image data, and the end chunk last.
enum PNGCheck {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// An image of this many pixels takes half a gigabyte in a viewer; no scan is larger.
    private static let mostPoints = 150_000_000

    static func fault(in bytes: [UInt8]) -> ContentFault? {
        var place = signature.count
        var names: Set<String> = []
        while place + 12 <= bytes.count {
            let length = bytes.bigEndian32(at: place)
            guard length <= bytes.count - place - 12 else { return cut }
            let end = place + 8 + length
            guard checksum(bytes[(place + 4)..<end]) == UInt32(bytes.bigEndian32(at: end)) else {
                return .damaged(zh: "PNG 数据块校验不符", en: "a chunk of the PNG does not match its checksum")
            }
            let name = String(decoding: bytes[(place + 4)..<(place + 8)], as: UTF8.self)
            if names.isEmpty, let fault = fault(inHeader: bytes, place, name, length) { return fault }
            names.insert(name)
            place = end + 4
            if name == "IEND" { return names.contains("IDAT") && place == bytes.count ? nil : cut }
        }
        return cut
    }

    private static let cut = ContentFault.damaged(zh: "PNG 不完整", en: "the PNG is truncated, or has data after its end")

    private static func fault(inHeader bytes: [UInt8], _ place: Int, _ name: String, _ length: Int) -> ContentFault? {
        guard name == "IHDR", length == 13 else { return .damaged(zh: "PNG 缺少文件头", en: "the PNG does not begin with its header") }
        let (width, height) = (bytes.bigEndian32(at: place + 8), bytes.bigEndian32(at: place + 12))
        guard width > 0, height > 0 else { return .damaged(zh: "PNG 图像尺寸不正确", en: "the PNG's picture has no size") }
        guard width <= mostPoints / height else {
            return .unsafe(zh: "PNG 图像展开后过大", en: "the PNG's image is too large after decompression")
        }
        return nil
    }

    /// The CRC-32 used by PNG and zip.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { sum, _ in sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
    }
}

extension [UInt8] {
    /// Four bytes as a big-endian number. The bytes must be inside the array.
    func bigEndian32(at place: Int) -> Int {
        Int(self[place]) << 24 | Int(self[place + 1]) << 16 | Int(self[place + 2]) << 8 | Int(self[place + 3])
    }

    /// `bytes` bytes as a little-endian number. The bytes must be inside the array.
    func littleEndian(at place: Int, bytes: Int) -> Int {
        (0..<bytes).reduce(0) { $0 | Int(self[place + $1]) << (8 * $1) }
    }
}
