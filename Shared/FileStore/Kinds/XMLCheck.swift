import Foundation
import FoundationXML

/// An XML file: well-formed to its end, and without a document type, through which entities would come in.
enum XMLCheck {
    /// Encodings in which a bracket is one byte of ASCII, so that a document type cannot hide from the search for it.
    private static let encodings: Set<String> = ["utf-8", "us-ascii", "ascii", "gb2312", "gbk", "gb18030"]

    static func begins(_ bytes: [UInt8]) -> Bool {
        let text = withoutMark(bytes).drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        return text.first == UInt8(ascii: "<")
    }

    static func fault(in bytes: [UInt8]) -> ContentFault? {
        let text = withoutMark(bytes)
        guard !text.contains(0), encodings.contains(encoding(text)) else {
            return .unsafe(zh: "XML 须为 UTF-8 或国标编码", en: "the XML must be in UTF-8 or a GB encoding")
        }
        for word in ["<!DOCTYPE", "<!ENTITY"] where text.lastRange(of: Array(word.utf8)) != nil {
            return .unsafe(zh: "XML 不得含有 DOCTYPE 或实体声明", en: "the XML must not hold a document type or declare entities")
        }
        let parser = XMLParser(data: Data(text))
        parser.shouldResolveExternalEntities = false
        guard parser.parse() else {
            return .damaged(
                zh: "XML 第 \(parser.lineNumber) 行格式不正确", en: "the XML is not well-formed at line \(parser.lineNumber)")
        }
        return nil
    }

    private static func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    }

    /// What the declaration says, in lower case; UTF-8 where it says nothing.
    private static func encoding(_ text: ArraySlice<UInt8>) -> String {
        let first = String(decoding: text.prefix(256), as: UTF8.self)
        guard first.hasPrefix("<?xml"), let end = first.range(of: "?>") else { return "utf-8" }
        let declaration = first[..<end.lowerBound]
        guard let found = declaration.firstMatch(of: /encoding\s*=\s*["']([A-Za-z0-9._\-]+)["']/) else { return "utf-8" }
        return found.1.lowercased()
    }
}
