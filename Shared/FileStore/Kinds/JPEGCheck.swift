/// Checks a JPEG: its segments up to the image data, the image size and the end marker.
enum JPEGCheck {
    static func fault(in bytes: [UInt8]) -> ContentFault? {
        var place = 2
        var hasFrame = false
        while place + 4 <= bytes.count {
            guard bytes[place] == 0xFF else { break }
            let marker = bytes[place + 1]
            if marker == 0xFF {
                place += 1
                continue
            }
            let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
            guard length >= 2, place + 2 + length <= bytes.count else { break }
            if isFrame(marker) {
                guard length >= 8, hasSize(bytes, place) else {
                    return .damaged(zh: "JPEG 图像尺寸不正确", en: "the JPEG's picture has no size")
                }
                hasFrame = true
            }
            place += 2 + length
            if marker == 0xDA { return hasFrame ? ending(bytes, after: place) : cut }
        }
        return cut
    }

    private static let cut = ContentFault.damaged(zh: "JPEG 不完整", en: "the JPEG is cut off")

    /// Whether a marker starts a frame (SOF0 to SOF15, without DHT, JPG and DAC).
    private static func isFrame(_ marker: UInt8) -> Bool { (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker) }

    private static func hasSize(_ bytes: [UInt8], _ place: Int) -> Bool {
        let width = Int(bytes[place + 7]) << 8 | Int(bytes[place + 8])
        let height = Int(bytes[place + 5]) << 8 | Int(bytes[place + 6])
        return width > 0 && height > 0
    }

    /// Cameras and scanners add padding after the end marker; more than 4 KiB is not padding.
    private static func ending(_ bytes: [UInt8], after place: Int) -> ContentFault? {
        guard let end = bytes[place...].lastRange(of: [0xFF, 0xD9]), bytes.count - end.upperBound <= 4096 else { return cut }
        return nil
    }
}
