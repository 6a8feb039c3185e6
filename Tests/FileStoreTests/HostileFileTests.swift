import Foundation
import Kernel
import Testing

@testable import FileStore

@Suite("Files with active, embedded or hidden content")
struct HostileFileTests {
    private static let stream = Sample.stream("", Array("MZ".utf8))
    private static let script = Array("<< /S /JavaScript /JS (x) >>".utf8)
    private static let carried = Array("<< /Type /Filespec /F (a.exe) /EF << /F 5 0 R >> >>".utf8)
    private static let standard = Array("<< /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P -1 >>".utf8)
    private static let twice = Sample.stream("/Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /Fl#61teDecode]", [0x78, 0x9C])

    static let unsafePDFs: [(what: String, bytes: [UInt8])] = [
        ("JavaScript on opening", Sample.pdf(catalogue: "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>")),
        ("JavaScript by a name with a code", Sample.pdf(catalogue: "/OpenAction << /S /J#61vaScript >>")),
        ("JavaScript of the document", Sample.pdf(catalogue: "/Names << /JavaScript << /Names [(a) 4 0 R] >> >>")),
        ("JavaScript of a page", Sample.pdf(page: "/AA << /O 4 0 R >>", further: [script])),
        ("JavaScript in an object stream", Sample.packedPDF(catalogue: "/OpenAction << /S /JavaScript /JS (x) >>")),
        ("a program that is launched", Sample.pdf(catalogue: "/OpenAction << /S /Launch /F (cmd.exe) >>")),
        ("a form that is submitted", Sample.pdf(catalogue: "/OpenAction << /S /SubmitForm /F (http://x/) >>")),
        ("data that is imported", Sample.pdf(catalogue: "/OpenAction << /S /ImportData /F (x) >>")),
        ("another file that is opened", Sample.pdf(catalogue: "/OpenAction << /S /GoToR /F (x.pdf) /D [0 /Fit] >>")),
        ("a link to a file", Sample.pdf(page: "/Annots [<< /Subtype /Link /A << /S /URI /URI (file:///etc/passwd) >> >>]")),
        ("embedded files", Sample.pdf(catalogue: "/Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >>", further: [carried, stream])),
        ("an attached file", Sample.pdf(page: "/Annots [<< /Subtype /FileAttachment /FS 4 0 R >>]", further: [carried, stream])),
        ("rich media", Sample.pdf(page: "/Annots [<< /Subtype /RichMedia /Rect [0 0 1 1] >>]")),
        ("an XFA form", Sample.pdf(catalogue: "/AcroForm << /XFA 4 0 R /Fields [] >>", further: [stream])),
        ("encryption", Sample.pdf(further: [standard], trailer: "/Encrypt 4 0 R")),
        ("a zip behind the end", Sample.pdf + [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)),
        ("text behind the end", Sample.pdf + Array("<script>".utf8)), ("data packed twice over", Sample.pdf(further: [twice])),
    ]

    @Test("QUAN-24: a PDF with active, external, embedded or hidden content is refused", arguments: unsafePDFs.indices)
    func unsafePDF(index: Int) throws {
        let sample = Self.unsafePDFs[index]
        let refusal = refusal(sample.bytes, "a.pdf")
        #expect(refusal?.clauses.first == "QUAN-24", "\(sample.what): \(refusal?.message.en ?? "taken")")
    }

    @Test("a PDF with a web link, a form, object streams or an arbitrary stream is accepted")
    func plainPDF() {
        let link = "/Annots [<< /Subtype /Link /A << /S /URI /URI (https://www.beijing.gov.cn) >> >>]"
        let random = (0..<100_000).map { _ in UInt8.random(in: 0...255) }
        let plain: [[UInt8]] = [
            Sample.pdf, Sample.packedPDF(catalogue: ""), Sample.pdf(catalogue: "/OpenAction [3 0 R /Fit]"), Sample.pdf(page: link),
            Sample.pdf(catalogue: "/AcroForm << /Fields [] >>"),
            Sample.pdf(page: "/Contents 4 0 R", further: [Sample.stream("", random)]),
        ]
        for (place, bytes) in plain.enumerated() {
            let refusal = refusal(bytes, "a.pdf")
            #expect(refusal == nil, "\(place): \(refusal?.message.en ?? "")")
        }
    }

    @Test("a PDF with a decompression bomb is refused before the library decompresses it")
    func bomb() {
        let bomb = Sample.stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", Sample.zeros(megabytes: 300))
        #expect(refusal(Sample.pdf(further: [bomb]), "a.pdf")?.clauses.first == "QUAN-24")
        let small = Sample.stream("/Filter /FlateDecode", Sample.zeros(megabytes: 3))
        #expect(refusal(Sample.pdf(further: [small]), "a.pdf") == nil)
    }

    static let badXML: [(text: String, rule: String)] = [
        (#"<?xml version="1.0"?><r>"#, "QUAN-23"), ("<a/><b/>", "QUAN-23"), ("<a/>x", "QUAN-23"), ("<a></b>", "QUAN-23"),
        ("<a>&x;</a>", "QUAN-23"), ("<svg/>", "QUAN-24"), ("<!DOCTYPE a><a/>", "QUAN-24"),
        (#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#, "QUAN-24"),
        (#"<html xmlns="http://www.w3.org/1999/xhtml"/>"#, "QUAN-24"),
        (#"<a><s:script xmlns:s="http://www.w3.org/2000/svg"/></a>"#, "QUAN-24"),
        (#"<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform" version="1.0"/>"#, "QUAN-24"),
        (#"<?xml version="1.0"?><?xml-stylesheet href="http://x/a.xsl"?><a/>"#, "QUAN-24"),
    ]

    @Test("XML that is not closed, has two roots or text after its end is damaged; a drawing, a page or a transformation is unsafe")
    func xml() {
        for (text, rule) in Self.badXML { #expect(refusal(Array(text.utf8), "a.xml")?.clauses.first == rule, "\(text)") }
        for text in ["<a/>", "<a>x</a>\n", #"<EInvoice xmlns="urn:x"><Total>1</Total></EInvoice>"#, "<a/><!-- end -->"] {
            #expect(refusal(Array(text.utf8), "a.xml") == nil, "\(text)")
        }
    }

    @Test("an OFD with wrong sizes, a document type, broken XML, a program or bytes outside its entries is refused")
    func ofd() {
        let root = ("OFD.xml", Array("<OFD/>".utf8))
        let bad: [(what: String, bytes: [UInt8], rule: String)] = [
            ("the directory lies", Sample.zip([root], lie: 3), "QUAN-23"), ("the header lies", Sample.zip([root], local: 3), "QUAN-23"),
            ("no deflated data", Sample.zip([root], deflated: true), "QUAN-23"),
            ("a document type", Sample.zip([root, ("Doc_0/a.xml", Array("<!DOCTYPE a><a/>".utf8))]), "QUAN-24"),
            ("broken XML", Sample.zip([root, ("Doc_0/a.xml", Array("<a>".utf8))]), "QUAN-23"),
            ("a program", Sample.zip([root, ("Doc_0/a.EXE", [1])]), "QUAN-24"), ("a drive", Sample.zip([root, ("C:x", [1])]), "QUAN-24"),
            ("two of one name", Sample.zip([root, root]), "QUAN-23"), ("something behind", Sample.zip([root]) + [1], "QUAN-23"),
        ]
        for (what, bytes, rule) in bad { #expect(refusal(bytes, "a.ofd")?.clauses.first == rule, "\(what)") }
        #expect(refusal(Sample.zip([root]), "a.ofd") == nil)
    }

    private func refusal(_ bytes: [UInt8], _ name: String) -> Refusal? {
        do throws(Refusal) {
            _ = try FileStore.checked(bytes, claimedName: name)
            return nil
        } catch {
            return error
        }
    }
}
