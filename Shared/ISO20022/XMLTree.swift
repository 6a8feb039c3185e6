internal import CLibxml2
internal import Kernel

/// Builds the elements of a document from libxml2's SAX2 events. Each document has its own parser, which is not shared between threads,
/// prints nothing and loads nothing.
final class XMLTree {
    private struct Open {
        var element: XMLElement
        var text: [UInt8] = []
        var counts: [String: Int] = [:]
    }

    private static let isReady: Bool = {
        xmlInitParser()
        return true
    }()
    /// The version of the parser's table of functions (`XML_SAX2_MAGIC`).
    private static let saxVersion: UInt32 = 0xDEED_BEAF

    private let parser: xmlParserCtxtPtr
    private var open: [Open] = []
    private var root: XMLElement?
    private var fault: XMLFault?
    private var namespace = ""

    private init(_ parser: xmlParserCtxtPtr) { self.parser = parser }

    /// Parses a document.
    static func read(_ bytes: [UInt8]) throws(XMLFault) -> XMLElement {
        guard isReady else { throw XMLFault(zh: "XML解析器不可用", en: "the XML parser is not ready") }
        let outcome: Result<XMLElement, XMLFault> = bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard let parser = xmlCreateMemoryParserCtxt(start, Int32(buffer.count)) else {
                return .failure(XMLFault(zh: "XML解析器不可用", en: "the XML parser cannot be created"))
            }
            defer { xmlFreeParserCtxt(parser) }
            let tree = XMLTree(parser)
            return withExtendedLifetime(tree) { tree.parse() }
        }
        return try outcome.get()
    }

    private func parse() -> Result<XMLElement, XMLFault> {
        xmlCtxtUseOptions(parser, Int32(XML_PARSE_NONET.rawValue))
        parser.pointee.sax.pointee = Self.handler
        parser.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
        // Without this handler the library prints other errors, for example about encodings, and these contain bytes of the document.
        xmlSetStructuredErrorFunc(nil) { _, _ in }
        defer { xmlSetStructuredErrorFunc(nil, nil) }
        xmlParseDocument(parser)
        if let document = parser.pointee.myDoc {
            xmlFreeDoc(document)
            parser.pointee.myDoc = nil
        }
        if let fault { return .failure(fault) }
        guard parser.pointee.wellFormed == 1, let root else {
            return .failure(XMLFault(zh: "不是完整的XML文件", en: "it is not a complete XML document"))
        }
        return .success(root)
    }

    // MARK: Parser events

    private static var handler: xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = saxVersion
        handler.startElementNs = { data, name, _, namespace, _, _, count, _, attributes in
            xmlTree(data)?.begin(name, namespace, attributes: attributes, count: Int(count))
        }
        handler.endElementNs = { data, _, _, _ in xmlTree(data)?.end() }
        handler.characters = { data, text, count in xmlTree(data)?.add(text, Int(count)) }
        handler.cdataBlock = { data, text, count in xmlTree(data)?.add(text, Int(count)) }
        handler.internalSubset = { data, _, _, _ in
            xmlTree(data)?.stop(zh: "文件自带类型或实体声明", en: "the document has a document type or entity declarations")
        }
        handler.processingInstruction = { data, _, _ in
            xmlTree(data)?.stop(zh: "文件含有处理指令", en: "the document has processing instructions")
        }
        handler.serror = { data, error in
            guard let error, error.pointee.level != XML_ERR_WARNING, error.pointee.level != XML_ERR_NONE else { return }
            let code = error.pointee.code
            xmlTree(data)?.stop(
                zh: "XML格式不正确（libxml2错误\(code)）", en: "its XML is not well-formed (error \(code) of libxml2)",
                line: Int(error.pointee.line))
        }
        return handler
    }

    private var line: Int { parser.pointee.input.map { Int($0.pointee.line) } ?? 0 }

    fileprivate func stop(zh: String, en: String, line: Int? = nil) {
        guard fault == nil else { return }
        var found = XMLFault(zh: zh, en: en, line: line ?? self.line)
        for part in open.reversed() { found = found.inside(part.element) }
        fault = found
        xmlStopParser(parser)
    }

    fileprivate func begin(
        _ name: UnsafePointer<xmlChar>?, _ namespace: UnsafePointer<xmlChar>?,
        attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, count: Int
    ) {
        guard fault == nil, let name else { return }
        guard open.count < XMLElement.maximumDepth else { return stop(zh: "元素嵌套过深", en: "the document is nested too deeply") }
        let own = namespace.map { String(cString: $0) } ?? ""
        if open.isEmpty { self.namespace = own }
        let local = String(cString: name)
        var element = XMLElement(name: own == self.namespace ? local : "{\(own)}\(local)", attributes: [:], children: [], text: "")
        if open.isEmpty { element.namespace = own }
        element.line = line
        for index in 0..<count {
            guard let attribute = attributes?.advanced(by: index * 5), let key = attribute[0], let start = attribute[3],
                let end = attribute[4]
            else { continue }
            let prefix = attribute[2].map { "{\(String(cString: $0))}" } ?? ""
            element.attributes[prefix + String(cString: key)] = String(
                decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
        }
        if let last = open.indices.last {
            open[last].counts[element.name, default: 0] += 1
            element.order = open[last].counts[element.name] ?? 1
        }
        open.append(Open(element: element))
    }

    fileprivate func add(_ text: UnsafePointer<xmlChar>?, _ count: Int) {
        guard fault == nil, let text, let last = open.indices.last else { return }
        open[last].text.append(contentsOf: UnsafeBufferPointer(start: text, count: count))
    }

    fileprivate func end() {
        guard fault == nil, let last = open.last else { return }
        var element = last.element
        let trimmed = Self.trimmed(last.text)
        guard element.children.isEmpty || trimmed.isEmpty else { return stop(zh: "元素之间夹有文字", en: "there is text between elements") }
        if element.children.isEmpty {
            element.exactText = String(decoding: last.text, as: UTF8.self)
            element.text = String(decoding: trimmed, as: UTF8.self)
        }
        open.removeLast()
        if let parent = open.indices.last { open[parent].element.children.append(element) } else { root = element }
    }

    private static func trimmed(_ text: [UInt8]) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        guard let first = text.firstIndex(where: { !isBlank($0) }), let last = text.lastIndex(where: { !isBlank($0) }) else { return [] }
        return text[first...last]
    }
}

/// The tree that receives a parser event.
private func xmlTree(_ data: UnsafeMutableRawPointer?) -> XMLTree? {
    data.map { Unmanaged<XMLTree>.fromOpaque($0).takeUnretainedValue() }
}
