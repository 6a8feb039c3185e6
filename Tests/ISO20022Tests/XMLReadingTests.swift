import Foundation
import Testing

@testable import ISO20022

@Suite("XML documents from a bank")
struct XMLReadingTests {
    private func text(_ document: String) throws -> String { try XMLElement(reading: document).text }

    @Test("CDATA, comments and character references are read as their text; a prefix makes no difference")
    func forms() throws {
        #expect(try text("<a><![CDATA[户名<不符>]]></a>") == "户名<不符>")
        #expect(try text("<a>AC<!-- x -->SC</a>") == "ACSC")
        #expect(try text("<a>&#x4E2D;&amp;&lt;&gt;</a>") == "中&<>")
        let element = try XMLElement(reading: "<n:a xmlns:n=\"urn:x\"><n:b>1</n:b><o:b xmlns:o=\"urn:y\">2</o:b></n:a>")
        #expect(element.name == "a" && element.namespace == "urn:x")
        #expect(element.children.map(\.name) == ["b", "{urn:y}b"])
    }

    @Test(
        "malformed XML is refused",
        arguments: [
            "", "<a>", "<a/><b/>", "<a><b></a></b>", "<a>&b;</a>", "<a>x<b/></a>", "<a b=\"1\" b=\"2\"/>", "<a>&#0;</a>", "<a>&#1;</a>",
            "<a>\u{0}</a>", "<a>\u{1}</a>", "<a><?php x?></a>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<!DOCTYPE a><a/>",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "<html><br></html>", "<a>&nbsp;</a>",
        ])
    func refused(document: String) {
        #expect(throws: XMLFault.self) { try XMLElement(reading: document) }
    }

    @Test("a fault has the line and the path of elements")
    func place() {
        do {
            _ = try XMLElement(reading: "<a>\n<b/>\n<b>\n&#0;</b></a>")
            Issue.record("it was read")
        } catch {
            #expect(error.line == 4 && error.place == "a/b[2]")
        }
    }

    @Test("entity expansion, deep nesting and oversized documents are refused")
    func bombs() {
        let laughs = (1...9).map { "<!ENTITY l\($0) \"&l\($0 - 1);&l\($0 - 1);&l\($0 - 1);&l\($0 - 1);&l\($0 - 1);&l\($0 - 1);\">" }
            .joined()
        #expect(throws: XMLFault.self) { try XMLElement(reading: "<!DOCTYPE a [<!ENTITY l0 \"ha\">\(laughs)]><a>&l9;</a>") }
        #expect(throws: XMLFault.self) {
            try XMLElement(reading: String(repeating: "<a>", count: 70) + String(repeating: "</a>", count: 70))
        }
        #expect(throws: XMLFault.self) { try XMLElement(reading: Array(repeating: 0x20, count: 101), atMost: 100) }
    }

    @Test("GBK, GB 18030 and GB 2312 are read as declared; UTF-16 with a byte order mark")
    func encodings() throws {
        // 账号 in GB 2312, and so in GBK and GB 18030; 镕 is in GBK and not in GB 2312; U+20BB7 is in GB 18030 only.
        for name in ["GBK", "gb18030", "GB2312"] {
            let bytes = Array("<?xml version=\"1.0\" encoding=\"\(name)\"?><a>".utf8) + [0xD5, 0xCB, 0xBA, 0xC5] + Array("</a>".utf8)
            #expect(try XMLElement(reading: bytes).text == "账号")
        }
        let rare = Array("<?xml version='1.0' encoding='GB18030'?><a>".utf8) + [0x95, 0x34, 0xA5, 0x37] + Array("</a>".utf8)
        #expect(try XMLElement(reading: rare).text.unicodeScalars.count == 1)
        let wide = try #require("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>账号</a>".data(using: .utf16))
        #expect(try XMLElement(reading: Array(wide)).text == "账号")
        #expect(try XMLElement(reading: [0xEF, 0xBB, 0xBF] + Array("<a>账号</a>".utf8)).text == "账号")
    }

    @Test("invalid bytes, an unsupported encoding, and a contradicting byte order mark are refused")
    func otherEncodings() throws {
        func document(_ name: String) -> [UInt8] { Array("<?xml version=\"1.0\" encoding=\"\(name)\"?><a>账</a>".utf8) }
        #expect(throws: XMLFault.self) { try XMLElement(reading: Array("<a>".utf8) + [0xD5, 0xCB] + Array("</a>".utf8)) }
        #expect(throws: XMLFault.self) {
            try XMLElement(reading: Array("<?xml version=\"1.0\" encoding=\"GBK\"?><a>".utf8) + [0xD5] + Array("</a>".utf8))
        }
        for name in ["UTF-7", "Big5", "ISO-8859-1", "UTF-16", "IBM037", "nonsense"] {
            #expect(throws: XMLFault.self) { try XMLElement(reading: document(name)) }
        }
        #expect(throws: XMLFault.self) { try XMLElement(reading: [0xEF, 0xBB, 0xBF] + document("GBK")) }
        let unmarked = try #require("<a>1</a>".data(using: .utf16LittleEndian))
        #expect(throws: XMLFault.self) { try XMLElement(reading: Array(unmarked)) }
    }
}
