/// A PDF: its header, its trailer, the table that the trailer points to, nothing behind its end, and then its objects by a library. What stands on
/// its pages is for people.
enum PDFCheck {
    static let beginning = Array("%PDF-".utf8)
    /// Readers look for the end mark this near to the end.
    private static let tailBytes = 2048

    static func fault(in bytes: [UInt8]) -> ContentFault? {
        guard bytes.count > 8, bytes[5] == UInt8(ascii: "1") || bytes[5] == UInt8(ascii: "2"), bytes[6] == UInt8(ascii: ".") else {
            return .damaged(zh: "PDF 文件头不正确", en: "the PDF's header is not right")
        }
        let tail = bytes.suffix(tailBytes)
        guard let end = tail.lastRange(of: Array("%%EOF".utf8)) else {
            return .damaged(zh: "PDF 没有结尾，文件不完整", en: "the PDF has no end mark: it is cut off")
        }
        guard let start = tail[..<end.lowerBound].lastRange(of: Array("startxref".utf8)),
            let table = number(tail[start.upperBound..<end.lowerBound])
        else { return .damaged(zh: "PDF 结尾缺少索引位置", en: "the PDF's trailer does not say where its table is") }
        guard table < bytes.count, isTable(bytes[table...]) else {
            return .damaged(zh: "PDF 的索引不在其所称的位置", en: "the PDF's table is not where its trailer says")
        }
        guard bytes[end.upperBound...].allSatisfy({ isSpace($0) || $0 == 0 }) else {
            return .unsafe(zh: "PDF 结尾之后附有其他内容", en: "something is hung on behind the PDF's end")
        }
        return PDFStreams.fault(in: bytes) ?? PDFLibrary.fault(in: bytes)
    }

    /// The only number in the text between the two words.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        let digits = bytes.drop(while: isSpace).prefix { (0x30...0x39).contains($0) }
        return digits.count <= 10 ? Int(String(decoding: digits, as: UTF8.self)) : nil
    }

    /// "xref", or a stream that holds the table: "7 0 obj".
    private static func isTable(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = bytes.drop(while: isSpace).prefix(32)
        if text.starts(with: Array("xref".utf8)) { return true }
        return text.first.map { (0x30...0x39).contains($0) } ?? false && text.lastRange(of: Array("obj".utf8)) != nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension Collection<UInt8> where Index == Int {
    /// Where these bytes stand last.
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
