/// Checks the decompressed size of a PDF's streams. The PDF library decompresses object streams of any size, so the size is checked first,
/// with a limit.
enum PDFStreams {
    /// The limit in bytes for all streams together; a colour scan of a page at 600 dpi has about 100 MB.
    private static let mostUnpacked = 256 << 20
    /// The limit in bytes for compressed data whose filter is not measured here; such filters expand it at most about 1,400 times.
    private static let mostUnmeasured = 256 << 10
    private static let dictionaryBytes = 4_096
    /// Filters that expand data, by full and short name.
    private static let growing: Set<String> = ["FlateDecode", "Fl", "LZWDecode", "LZW", "RunLengthDecode", "RL"]
    private static let word = Array("stream".utf8)

    static func fault(in bytes: [UInt8]) -> ContentFault? {
        var unpacked = 0
        var place = 0
        while let start = bytes[...].place(of: word, from: place) {
            place = start + word.count
            // Skips "endstream".
            if start >= 3, bytes[start - 3] == UInt8(ascii: "e"), bytes[start - 2] == UInt8(ascii: "n") { continue }
            let names = filters(bytes[max(0, start - dictionaryBytes)..<start])
            guard !names.isEmpty else { continue }
            let data = bytes[min(place + lineEnd(bytes, at: place), bytes.count)...]
            if names == ["FlateDecode"] || names == ["Fl"] || names.count == 2 && names[0].hasPrefix("Fl") && !growing.contains(names[1]) {
                unpacked += Inflater.inflate(data, .zlib, most: mostUnpacked - unpacked, keeping: false).count
            } else if names.filter(growing.contains).count > 1 || length(data) > mostUnmeasured && names.contains(where: growing.contains) {
                return .unsafe(zh: "PDF 的数据流压缩方式异常", en: "a stream of the PDF uses an unusual combination of filters")
            }
            guard unpacked <= mostUnpacked else { return .unsafe(zh: "PDF 展开后过大", en: "the PDF is too large after decompression") }
        }
        return nil
    }

    /// The filters named by the dictionary before a stream, in order. A name may have hexadecimal codes: "/Fl#61teDecode".
    private static func filters(_ before: ArraySlice<UInt8>) -> [String] {
        let begin = before.lastRange(of: Array("obj".utf8))?.upperBound ?? before.startIndex
        let names = before[begin...].split(separator: UInt8(ascii: "/")).dropFirst().map { part in
            name(part.prefix { !isEnd($0) })
        }
        guard let filter = names.firstIndex(where: { $0 == "Filter" || $0 == "F" }) else { return [] }
        return names[(filter + 1)...].prefix {
            $0.hasSuffix("Decode") || growing.contains($0) || ["A85", "AHx", "DCT", "CCF", "Crypt"].contains($0)
        }
        .map(\.self)
    }

    private static func name(_ bytes: ArraySlice<UInt8>) -> String {
        var name: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "#"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                name.append(code)
                rest = rest.dropFirst(2)
            } else {
                name.append(byte)
            }
        }
        return String(decoding: name, as: UTF8.self)
    }

    private static func isEnd(_ byte: UInt8) -> Bool { byte <= 0x20 || "[]<>()/%".utf8.contains(byte) }

    private static func lineEnd(_ bytes: [UInt8], at place: Int) -> Int {
        guard place < bytes.count else { return 0 }
        if bytes[place] == 0x0D { return place + 1 < bytes.count && bytes[place + 1] == 0x0A ? 2 : 1 }
        return bytes[place] == 0x0A ? 1 : 0
    }

    private static func length(_ data: ArraySlice<UInt8>) -> Int {
        (data.place(of: Array("endstream".utf8), from: data.startIndex) ?? data.endIndex) - data.startIndex
    }
}
