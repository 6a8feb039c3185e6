import Foundation
import Kernel
import Testing

@testable import FileStore

@Suite("Marks on files, and the sweep")
struct SweepTests {
    private static func withStore<R>(_ body: (FileStore) throws -> R) throws -> R {
        let folder = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(FileStore(folder: folder))
    }

    private static func age(_ hash: ContentHash, in store: FileStore, days: Double) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -days * 86_400)], ofItemAtPath: store.path(of: hash).path)
    }

    private static let weekAgo = Date(timeIntervalSinceNow: -7 * 86_400)

    @Test("QUAN-33: every uploader of a file is recorded; knowing its hash does not make an organisation an uploader")
    func owners() throws {
        try Self.withStore { store in
            let (first, second, third) = (UUID(), UUID(), UUID())
            let file = try store.put(Sample.pdf, claimedName: "a.pdf", uploadedBy: first)
            #expect(try store.isUploaded(file.hash, by: first))
            #expect(try !store.isUploaded(file.hash, by: second))
            _ = try store.put(Sample.pdf, claimedName: "b.pdf", uploadedBy: second)
            _ = try store.put(Sample.pdf, claimedName: "b.pdf", uploadedBy: second)
            #expect(try store.isUploaded(file.hash, by: first) && store.isUploaded(file.hash, by: second))
            #expect(try !store.isUploaded(file.hash, by: third))
            #expect(try !store.isUploaded(ContentHash(of: Data([1])), by: first))
        }
    }

    @Test("a file that no case keeps is removed once it is old enough, with its upload marks; others stay")
    func swept() throws {
        try Self.withStore { store in
            let (owner, owned) = (UUID(), Sample.png)
            let old = try store.put(Sample.pdf, claimedName: "a.pdf", uploadedBy: owner)
            let young = try store.put(Sample.xml, claimedName: "a.xml", uploadedBy: owner)
            let kept = try store.put(owned, claimedName: "a.png", uploadedBy: owner)
            try store.keep(kept.hash, for: UUID())
            for hash in [old.hash, kept.hash] { try Self.age(hash, in: store, days: 8) }
            let sweep = try store.sweep(unusedSince: Self.weekAgo)
            #expect(sweep.examined == 3 && sweep.removed == 1 && sweep.removedBytes == Sample.pdf.count && sweep.next == nil)
            #expect(try store.file(old.hash) == nil)
            #expect(try !store.isUploaded(old.hash, by: owner))
            #expect(try store.file(young.hash) == young && store.file(kept.hash) == kept)
            #expect(try store.isUploaded(kept.hash, by: owner))
        }
    }

    @Test("uploading a file again, or naming it in a case, renews its age")
    func renewed() throws {
        try Self.withStore { store in
            let again = try store.put(Sample.pdf, claimedName: "a.pdf", uploadedBy: UUID())
            let named = try store.put(Sample.xml, claimedName: "a.xml", uploadedBy: UUID())
            for hash in [again.hash, named.hash] { try Self.age(hash, in: store, days: 8) }
            _ = try store.put(Sample.pdf, claimedName: "a.pdf", uploadedBy: UUID())
            #expect(try store.renew(named.hash))
            #expect(try store.sweep(unusedSince: Self.weekAgo).removed == 0)
            #expect(try !store.renew(ContentHash(of: Data([1]))))
        }
    }

    @Test("a file that is not stored cannot be kept (QUAN-25); a stored file can be kept any number of times")
    func keeping() throws {
        try Self.withStore { store in
            let file = try store.put(Sample.pdf, claimedName: "a.pdf", uploadedBy: UUID())
            let aCase = UUID()
            try store.keep(file.hash, for: aCase)
            try store.keep(file.hash, for: aCase)
            #expect(throws: Refusal.self) { try store.keep(ContentHash(of: Data([1])), for: aCase) }
        }
    }

    @Test("one call examines a bounded number of files, and the next call continues after them")
    func bounded() throws {
        try Self.withStore { store in
            for number in 0..<25 {
                let file = try store.put(Array("<a>\(number)</a>".utf8), claimedName: "a.xml", uploadedBy: UUID())
                try Self.age(file.hash, in: store, days: 8)
            }
            var (place, examined, removed) = (ContentHash?.none, [Int](), 0)
            repeat {
                let sweep = try store.sweep(unusedSince: Self.weekAgo, after: place, most: 10)
                (place, removed) = (sweep.next, removed + sweep.removed)
                examined.append(sweep.examined)
            } while place != nil
            #expect(examined == [10, 10, 5] && removed == 25)
        }
    }

    @Test("a file that is uploaded and kept during a sweep survives it with its marks")
    func concurrent() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = FileStore(folder: folder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Every file counts as old here, so that only marks prevent its removal.
                for _ in 0..<300 { _ = try store.sweep(unusedSince: Date(timeIntervalSinceNow: 60)) }
            }
            for worker in 0..<3 {
                group.addTask {
                    for number in 0..<60 {
                        let (bytes, owner) = (Array("<a>\(worker) \(number)</a>".utf8), UUID())
                        var hash = ContentHash(of: bytes)
                        // A file that was swept before it could be kept is refused, and uploaded again.
                        for attempt in 0... {
                            hash = try store.put(bytes, claimedName: "a.xml", uploadedBy: owner).hash
                            do { try store.keep(hash, for: UUID()) } catch is Refusal where attempt < 100 { continue }
                            break
                        }
                        #expect(try store.bytes(of: hash) == bytes)
                    }
                }
            }
            try await group.waitForAll()
        }
        _ = try store.sweep(unusedSince: Date(timeIntervalSinceNow: 60))
        for worker in 0..<3 {
            for number in 0..<60 {
                let bytes = Array("<a>\(worker) \(number)</a>".utf8)
                #expect(try store.bytes(of: ContentHash(of: bytes)) == bytes)
            }
        }
    }
}
