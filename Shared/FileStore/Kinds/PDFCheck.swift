/// Checks a PDF: its header, trailer, cross-reference table and end, and then its objects with a library. The content of its pages is not
/// checked.
enum PDFCheck {
    static let beginning = Array("%PDF-".utf8)
    /// Readers search for the end marker in this many bytes at the end.
    private static let tailBytes = 2048

    static func fault(in bytes: [UInt8]) -> ContentFault? {
        guard bytes.count > 8, bytes[5] == UInt8(ascii: "1") || bytes[5] == UInt8(ascii: "2"), bytes[6] == UInt8(ascii: ".") else {
            return .damaged(zh: "PDF 文件头不正确", en: "the PDF's header is malformed")
        }
        let tail = bytes.suffix(tailBytes)
        guard let end = tail.lastRange(of: Array("%%EOF".utf8)) else {
            return .damaged(zh: "PDF 没有结尾，文件不完整", en: "the PDF has no end marker, so it is truncated")
        }
        guard let start = tail[..<end.lowerBound].lastRange(of: Array("startxref".utf8)),
            let table = number(tail[start.upperBound..<end.lowerBound])
        else { return .damaged(zh: "PDF 结尾缺少索引位置", en: "the PDF's trailer does not state the position of the cross-reference table") }
        guard table < bytes.count, isTable(bytes[table...]) else {
            return .damaged(zh: "PDF 的索引不在其所称的位置", en: "the PDF's cross-reference table is not at the position stated in its trailer")
        }
        guard bytes[end.upperBound...].allSatisfy({ isSpace($0) || $0 == 0 }) else {
            return .unsafe(zh: "PDF 结尾之后附有其他内容", en: "the PDF has data after its end")
        }
        return PDFStreams.fault(in: bytes) ?? PDFLibrary.fault(in: bytes)
    }

    /// The number between `startxref` and `%%EOF`.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        let digits = bytes.drop(while: isSpace).prefix { (0x30...0x39).contains($0) }
        return digits.count <= 10 ? Int(String(decoding: digits, as: UTF8.self)) : nil
    }

    /// Whether the bytes begin with "xref", or with an object that may be a cross-reference stream: "7 0 obj".
    private static func isTable(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = bytes.drop(while: isSpace).prefix(32)
        if text.starts(with: Array("xref".utf8)) { return true }
        return text.first.map { (0x30...0x39).contains($0) } ?? false && text.lastRange(of: Array("obj".utf8)) != nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension Collection<UInt8> where Index == Int {
    /// The range of the last occurrence of `wanted`.
    func lastRange(of wanted: [UInt8]) -> Range<Int>? {
        guard !wanted.isEmpty, count >= wanted.count else { return nil }
        var place = endIndex - wanted.count
        while place >= startIndex {
            if self[place..<place + wanted.count].elementsEqual(wanted) { return place..<place + wanted.count }
            place -= 1
        }
        return nil
    }
}
