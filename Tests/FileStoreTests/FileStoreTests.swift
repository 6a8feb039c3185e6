import Foundation
import Kernel
import Testing

@testable import FileStore

@Suite("File store")
struct FileStoreTests {
    private static func withStore<R>(_ body: (FileStore, URL) throws -> R) throws -> R {
        let folder = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(FileStore(folder: folder), folder)
    }

    static let whole: [(name: String, bytes: [UInt8], kind: FileKind)] = [
        ("合同.pdf", Sample.pdf, .pdf), ("scan.JPG", Sample.jpg, .jpg), ("scan.jpeg", Sample.jpg, .jpg), ("a.png", Sample.png, .png),
        ("发票.xml", Sample.xml, .xml), ("发票.ofd", Sample.ofd, .ofd),
    ]

    @Test("a valid file is stored under its hash and read back byte for byte", arguments: whole.indices)
    func kept(index: Int) throws {
        let sample = Self.whole[index]
        try Self.withStore { store, _ in
            let file = try store.put(sample.bytes, claimedName: sample.name, uploadedBy: UUID())
            #expect(file == StoredFile.of(sample.bytes, sample.kind))
            #expect(try store.bytes(of: file.hash) == sample.bytes)
            #expect(try store.file(file.hash) == file)
        }
    }

    @Test("the same file uploaded twice is stored once, and no temporary file remains")
    func idempotent() throws {
        try Self.withStore { store, folder in
            let first = try store.put(Sample.pdf, claimedName: "a.pdf", uploadedBy: UUID())
            let second = try store.put(Sample.pdf, claimedName: "another name.pdf", uploadedBy: UUID())
            #expect(first == second)
            let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
            let files = names?.filter { $0.count > 2 && !$0.hasPrefix("owners") }
            let part = first.hash.hexadecimal.prefix(2)
            #expect(files?.sorted() == ["\(part)/.lock", "\(part)/\(first.hash)"])
        }
    }

    @Test("a stored file that was changed on disk is not returned, and uploading it again repairs it")
    func altered() throws {
        try Self.withStore { store, folder in
            let file = try store.put(Sample.pdf, claimedName: "a.pdf", uploadedBy: UUID())
            let path = folder.appending(path: "\(file.hash.hexadecimal.prefix(2))/\(file.hash)")
            try Data("%PDF-1.4 something else".utf8).write(to: path)
            #expect(refused { _ = try store.bytes(of: file.hash) } == "QUAN-25")
            #expect(try store.file(file.hash) == nil)
            _ = try store.put(Sample.pdf, claimedName: "a.pdf", uploadedBy: UUID())
            #expect(try store.bytes(of: file.hash) == Sample.pdf)
        }
    }

    @Test("the hash of a file that was never uploaded is refused")
    func unknown() throws {
        try Self.withStore { store, _ in
            #expect(refused { _ = try store.bytes(of: ContentHash(of: Data([1]))) } == "QUAN-25")
        }
    }

    @Test("5 MB is accepted; one byte more and an empty file are refused")
    func size() throws {
        let most = FileStore.maximumBytes
        #expect(try FileStore.checked(Sample.padded(to: most), claimedName: "a.pdf").byteCount == 5_242_880)
        #expect(refused { _ = try FileStore.checked(Sample.padded(to: most + 1), claimedName: "a.pdf") } == "QUAN-20")
        #expect(refused { _ = try FileStore.checked([], claimedName: "a.pdf") } == "QUAN-20")
    }

    static let bad: [(what: String, name: String, bytes: [UInt8], rule: String)] = [
        ("a kind that is not taken", "a.docx", Sample.ofd, "QUAN-21"), ("no ending", "pdf", Sample.pdf, "QUAN-21"),
        ("a path for a name", "../a.pdf", Sample.pdf, "QUAN-21"), ("a line feed in the name", "a\n.pdf", Sample.pdf, "QUAN-21"),
        ("a renamed program", "a.pdf", Array("MZ\u{90}\0\u{3}\0".utf8) + [UInt8](repeating: 0, count: 100), "QUAN-22"),
        ("a picture called a PDF", "a.pdf", Sample.png, "QUAN-22"), ("a PDF called a picture", "a.jpg", Sample.pdf, "QUAN-22"),
        ("a PDF cut off", "a.pdf", Array(Sample.pdf.dropLast(20)), "QUAN-23"),
        ("a PDF whose table is elsewhere", "a.pdf", Array("%PDF-1.4\nstartxref\n3\n%%EOF".utf8), "QUAN-23"),
        ("a PDF's first word alone", "a.pdf", Array("%PDF-".utf8), "QUAN-23"),
        ("a JPEG cut off", "a.jpg", Array(Sample.jpg.dropLast(2)), "QUAN-23"),
        ("a JPEG without a picture", "a.jpg", [0xFF, 0xD8, 0xFF, 0xD9], "QUAN-23"),
        ("a PNG cut off", "a.png", Array(Sample.png.dropLast(12)), "QUAN-23"),
        ("a PNG with a byte changed", "a.png", changed(Sample.png, at: 45), "QUAN-23"),
        ("a PNG with something hung on", "a.png", Sample.png + [1], "QUAN-23"),
        ("a PNG of ten milliard points", "a.png", Sample.png(width: 100_000, height: 100_000), "QUAN-24"),
        ("an XML that does not end", "a.xml", Array(Sample.xml.dropLast(5)), "QUAN-23"),
        ("an XML with an external entity", "a.xml", xml(#"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"#), "QUAN-24"),
        ("an XML with a document type", "a.xml", xml(#"<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>"#), "QUAN-24"),
        ("an XML in UTF-16", "a.xml", Array("<a/>".utf16.flatMap { [UInt8($0 & 0xFF), 0] }), "QUAN-24"),
        ("an XML in UTF-7", "a.xml", xml("<a/>", encoding: "UTF-7"), "QUAN-24"),
        ("an OFD cut off", "a.ofd", Array(Sample.ofd.dropLast(10)), "QUAN-23"),
        ("a zip that is no OFD", "a.ofd", Sample.zip([("word/document.xml", Sample.xml)]), "QUAN-23"),
        ("an OFD that unpacks to gigabytes", "a.ofd", Sample.zip([("OFD.xml", Sample.xml)], lie: 4_000_000_000, deflated: true), "QUAN-24"),
        ("an OFD that is encrypted", "a.ofd", Sample.zip([("OFD.xml", Sample.xml)], encrypted: true), "QUAN-24"),
        ("an OFD that names files outside", "a.ofd", Sample.zip([("OFD.xml", Sample.xml), ("../../x", [1])]), "QUAN-24"),
    ]

    @Test("an invalid file is refused with the fault and a remedy", arguments: bad.indices)
    func refusedFile(index: Int) throws {
        let sample = Self.bad[index]
        do {
            _ = try FileStore.checked(sample.bytes, claimedName: sample.name)
            Issue.record("\(sample.what) was taken")
        } catch {
            #expect(error.clauses == [sample.rule], "\(sample.what): \(error.message.en)")
            #expect(error.remedy != nil)
        }
    }

    @Test("a file with changed or missing bytes is accepted as the claimed kind, or refused under QUAN-22, QUAN-23 or QUAN-24")
    func hostile() {
        var random = SystemRandomNumberGenerator()
        for sample in Self.whole {
            for _ in 0..<400 {
                var bytes = sample.bytes
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
                do {
                    let file = try FileStore.checked(bytes, claimedName: sample.name)
                    #expect(file == StoredFile.of(bytes, sample.kind))
                } catch {
                    #expect([["QUAN-22"], ["QUAN-23"], ["QUAN-24"]].contains(error.clauses), "\(sample.name): \(error.message.en)")
                }
            }
        }
    }

    private static func changed(_ bytes: [UInt8], at place: Int) -> [UInt8] {
        var copy = bytes
        copy[place] ^= 1
        return copy
    }

    private static func xml(_ body: String, encoding: String = "UTF-8") -> [UInt8] {
        Array(#"<?xml version="1.0" encoding="\#(encoding)"?>\#(body)"#.utf8)
    }
}

/// The clause that refused; nil if nothing was refused.
private func refused(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return (error as? Refusal)?.clauses.first
    }
}

extension StoredFile {
    fileprivate static func of(_ bytes: [UInt8], _ kind: FileKind) -> StoredFile {
        StoredFile(hash: ContentHash(of: bytes), byteCount: bytes.count, kind: kind)
    }
}
