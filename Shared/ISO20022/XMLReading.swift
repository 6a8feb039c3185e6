extension XMLElement {
    /// The maximum size of a document in bytes.
    public static let maximumBytes = 32 << 20
    static let maximumDepth = 64

    /// Parses a document with the system's XML parser, libxml2.
    ///
    /// Document types and entity declarations are refused, so that a document cannot load external content or expand; processing
    /// instructions are refused too. Encodings: UTF-8, GBK, GB 18030 and GB 2312 as declared, UTF-16 with a byte order mark.
    public init(reading bytes: [UInt8], atMost limit: Int = maximumBytes) throws(XMLFault) {
        guard bytes.count <= limit else {
            throw XMLFault(zh: "文件超过\(limit)字节", en: "the document is larger than \(limit) bytes")
        }
        try XMLEncoding.check(bytes)
        self = try XMLTree.read(bytes)
    }

    /// Parses a document in UTF-8.
    public init(reading text: String) throws(XMLFault) { try self.init(reading: Array(text.utf8)) }
}

/// The supported encodings of documents.
enum XMLEncoding {
    private static let declared: Set<String> = ["UTF-8", "US-ASCII", "GBK", "GB18030", "GB2312"]
    private static let declarationBytesAtMost = 200

    /// Throws for another encoding, or if the byte order mark contradicts the declaration.
    static func check(_ bytes: [UInt8]) throws(XMLFault) {
        guard !bytes.isEmpty else { throw XMLFault(zh: "文件为空", en: "the document is empty") }
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let isUTF16 = bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
        if isUTF16, !bytes.starts(with: [0xFF, 0xFE, 0, 0]) { return }
        guard !bytes.prefix(4).contains(0) else { throw notKnown }
        guard let name = declaration(hasMark ? bytes.dropFirst(3) : bytes[...]) else { return }
        guard declared.contains(name), !hasMark || name == "UTF-8" else { throw notKnown }
    }

    private static var notKnown: XMLFault {
        XMLFault(
            zh: "编码不在可识别之列（UTF-8、GBK、GB18030、GB2312、带标记的UTF-16），或标记与声明不一致",
            en: "its encoding is not supported, or its byte order mark contradicts the declaration", line: 1)
    }

    /// The declared encoding in capitals; nil if none is declared.
    private static func declaration(_ bytes: ArraySlice<UInt8>) -> String? {
        let head = String(decoding: bytes.prefix(declarationBytesAtMost), as: UTF8.self)
        guard head.hasPrefix("<?xml"), let end = head.firstRange(of: "?>") else { return nil }
        let match = head[..<end.lowerBound].firstMatch(of: /\sencoding\s*=\s*["']([A-Za-z0-9._\-]*)["']/)
        return match.map { $0.1.uppercased() }
    }
}
