import CLibxml2

/// Checks an XML file with libxml2: well-formed, one root, nothing after it; no document type, because it could declare entities; and no
/// elements that a browser would run or draw.
enum XMLCheck {
    /// Encodings in which `<` is always one ASCII byte, so that the byte search for a document type is reliable.
    private static let encodings: Set<String> = ["utf-8", "us-ascii", "ascii", "gb2312", "gbk", "gb18030"]
    /// Namespaces of active content.
    private static let active: Set<String> = [
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml", "http://www.w3.org/1999/XSL/Transform",
        "http://www.w3.org/1999/xlink", "http://www.w3.org/2001/XInclude",
    ]
    /// Elements of active content without a namespace.
    private static let activeNames: Set<String> = ["svg", "html", "script", "iframe", "stylesheet", "foreignobject"]

    /// The library is initialised once per process, because its first use sets up tables that all threads share.
    private static let isReady: Bool = {
        xmlInitParser()
        return true
    }()

    static func begins(_ bytes: [UInt8]) -> Bool {
        let text = withoutMark(bytes[...]).drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        return text.first == UInt8(ascii: "<")
    }

    static func fault(in bytes: [UInt8]) -> ContentFault? { fault(in: bytes[...]) }

    static func fault(in bytes: ArraySlice<UInt8>) -> ContentFault? {
        let text = withoutMark(bytes)
        guard !text.contains(0), encodings.contains(encoding(text)) else {
            return .unsafe(zh: "XML 须为 UTF-8 或国标编码", en: "the XML must be in UTF-8 or a GB encoding")
        }
        for word in ["<!DOCTYPE", "<!ENTITY"] where text.place(of: Array(word.utf8), from: text.startIndex) != nil { return documentType }
        return parse(text)
    }

    private static let documentType = ContentFault.unsafe(
        zh: "XML 不得含有 DOCTYPE 或实体声明", en: "the XML must not have a document type or entity declarations")

    /// Reads node by node, so that memory use is independent of the number of nodes. No network, no entities, no huge nodes.
    private static func parse(_ text: ArraySlice<UInt8>) -> ContentFault? {
        guard isReady else { return nil }
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
        return text.withUnsafeBytes { buffer -> ContentFault? in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard let reader = xmlReaderForMemory(start, Int32(buffer.count), nil, nil, Int32(options)) else { return damaged(line: 1) }
            defer { xmlFreeTextReader(reader) }
            var hasFailed = false
            return withUnsafeMutablePointer(to: &hasFailed) { failed -> ContentFault? in
                xmlTextReaderSetStructuredErrorHandler(
                    reader,
                    { failed, error in
                        guard let error, error.pointee.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
                        failed?.assumingMemoryBound(to: Bool.self).pointee = true
                    }, failed)
                var status = xmlTextReaderRead(reader)
                while status == 1, !failed.pointee {
                    if let fault = fault(at: reader) { return fault }
                    status = xmlTextReaderRead(reader)
                }
                guard status == 0, !failed.pointee else { return damaged(line: Int(xmlTextReaderGetParserLineNumber(reader))) }
                return nil
            }
        }
    }

    private static func fault(at reader: xmlTextReaderPtr) -> ContentFault? {
        switch UInt32(bitPattern: xmlTextReaderNodeType(reader)) {
        case XML_READER_TYPE_DOCUMENT_TYPE.rawValue, XML_READER_TYPE_ENTITY.rawValue, XML_READER_TYPE_ENTITY_REFERENCE.rawValue:
            return documentType
        case XML_READER_TYPE_PROCESSING_INSTRUCTION.rawValue:
            return .unsafe(zh: "XML 不得含有处理指令", en: "the XML must not have processing instructions")
        case XML_READER_TYPE_ELEMENT.rawValue:
            let namespace = text(xmlTextReaderConstNamespaceUri(reader))
            let name = text(xmlTextReaderConstLocalName(reader))
            guard active.contains(namespace) || namespace.isEmpty && activeNames.contains(name.lowercased()) else { return nil }
            return .unsafe(
                zh: "XML 含有网页、图形或样式转换内容（\(name.prefix(40))）",
                en: "the XML has web page, drawing or transformation content (\(name.prefix(40)))")
        default: return nil
        }
    }

    private static func text(_ text: UnsafePointer<xmlChar>?) -> String { text.map { String(cString: $0) } ?? "" }

    private static func damaged(line: Int) -> ContentFault {
        .damaged(zh: "XML 第 \(line) 行格式不正确", en: "the XML is not well-formed at line \(line)")
    }

    private static func withoutMark(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
    }

    /// The declared encoding in lower case; UTF-8 if none is declared.
    private static func encoding(_ text: ArraySlice<UInt8>) -> String {
        let first = String(decoding: text.prefix(256), as: UTF8.self)
        guard first.hasPrefix("<?xml"), let end = first.firstRange(of: "?>") else { return "utf-8" }
        let declaration = first[..<end.lowerBound]
        guard let found = declaration.firstMatch(of: /encoding\s*=\s*["']([A-Za-z0-9._\-]+)["']/) else { return "utf-8" }
        return found.1.lowercased()
    }
}
