public import Foundation
public import Kernel

/// Uploaded papers, each under the SHA-256 of its content, in one folder that every service may read and hash again.
///
/// A file is written once and never changed: writing it again is finding it there. Nothing half-written is ever visible under an address.
/// Beside the content lie empty files as marks: which organisations uploaded it (`owners/`), and which cases keep it (`kept/`). What no case keeps
/// is removed by `sweep` once it is old enough; until then a file may be named in a case by those who uploaded it.
/// Its calls block on the disk for a few milliseconds; call them where that does no harm. All services of an installation share the folder; it must
/// lie on a file system where `flock` holds between them (a local disk, NFS 4).
public struct FileStore: Sendable {
    /// The greatest size of a file: 5 MB.
    public static let mostBytes = 5 * 1024 * 1024
    /// The longest name a file may be uploaded under.
    public static let mostNameCharacters = 200

    let folder: URL

    /// A store in that folder, which is made when the first file is written.
    public init(folder: URL) { self.folder = folder }

    /// Checks a file, stores it, and notes that this organisation uploaded it.
    ///
    /// `claimedName` is the name it was uploaded under; its ending must agree with the content. The same content from the same organisation again
    /// changes nothing but its age for `sweep`. Throws a `Refusal` under QUAN-20 (too large or
    /// empty), QUAN-21 (a kind that is not taken), QUAN-22 (the content is another kind), QUAN-23 (damaged) or QUAN-24 (unsafe); and
    /// `FileStoreFailure` where the disk fails.
    public func put(_ bytes: [UInt8], claimedName: String, uploadedBy organisation: UUID) throws -> StoredFile {
        let file = try Self.checked(bytes, claimedName: claimedName)
        try withLock(.shared, on: file.hash) {
            try write(bytes, to: file.hash)
            try mark(Mark(.owners, file.hash, organisation))
        }
        return file
    }

    /// Checks a file and keeps nothing: what `put` would say to it.
    public static func checked(_ bytes: [UInt8], claimedName: String) throws(Refusal) -> StoredFile {
        guard (1...mostBytes).contains(bytes.count) else {
            throw PlatformRule.fileTooLarge.refusal().comparing("given", bytes.count, .bytes).comparing("limit", mostBytes, .bytes)
        }
        let kind = try claimedKind(claimedName)
        guard let found = FileKind(beginning: bytes), found == kind else {
            throw PlatformRule.fileContentDiffers.refusal().comparing("claimed", kind.rawValue, .code)
                .comparing("found", FileKind(beginning: bytes)?.rawValue ?? "unknown", .code)
        }
        switch kind.fault(in: bytes) {
        case nil: return StoredFile(hash: ContentHash(of: bytes), byteCount: bytes.count, kind: kind)
        case .damaged(let zh, let en)?: throw PlatformRule.fileDamaged.refusal(LocalisedText(zh: "\(zh)。", en: "\(en).".capitalisedFirst))
        case .unsafe(let zh, let en)?: throw PlatformRule.fileUnsafe.refusal(LocalisedText(zh: "\(zh)。", en: "\(en).".capitalisedFirst))
        }
    }

    /// A file's content, hashed again. Throws a `Refusal` under QUAN-25 where it is not there or no longer what it was, and `FileStoreFailure`
    /// where the disk fails.
    public func bytes(of hash: ContentHash) throws -> [UInt8] {
        guard let bytes = try read(hash), ContentHash(of: bytes) == hash else { throw Self.notStored(hash) }
        return bytes
    }

    /// What is stored under a hash, read and hashed again; nil where nothing is, or it is no longer what it was. Throws `FileStoreFailure`
    /// where the disk fails.
    public func file(_ hash: ContentHash) throws -> StoredFile? {
        guard let bytes = try read(hash), ContentHash(of: bytes) == hash, let kind = FileKind(beginning: bytes) else { return nil }
        return StoredFile(hash: hash, byteCount: bytes.count, kind: kind)
    }

    /// What is told of a file that is not in the store (QUAN-25).
    public static func notStored(_ hash: ContentHash) -> Refusal {
        PlatformRule.fileNotStored.refusal().comparing("file", hash.hexadecimal, .code)
    }

    private static func claimedKind(_ name: String) throws(Refusal) -> FileKind {
        let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "/" && $0 != "\\" }
        guard isPlain, (1...mostNameCharacters).contains(name.count), let kind = FileKind(fileName: name) else {
            throw PlatformRule.fileKindNotTaken.refusal()
                .comparing("allowed", FileKind.allCases.map(\.rawValue).joined(separator: ","), .code)
        }
        return kind
    }
}

extension String {
    /// The text as a sentence of its own.
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
