public import Foundation
public import Kernel

/// A content-addressed store of uploaded papers, in one folder that all services of an installation share. The address of a file is the
/// SHA-256 of its content.
///
/// A file is written once and never changed; a partial file is never visible under an address.
/// Empty files beside the content serve as marks: which organisations uploaded it (`owners/`), and which cases keep it (`kept/`). `sweep`
/// removes files that no case keeps once they are old enough; until then their uploaders may name them in a case. Calls block on the disk
/// for a few milliseconds. The folder must be on a file system where `flock` works between the services (a local disk, NFS 4).
public struct FileStore: Sendable {
    /// The maximum size of a file: 5 MB.
    public static let maximumBytes = 5 * 1024 * 1024
    /// The maximum length of a file name.
    public static let maximumNameCharacters = 200

    let folder: URL

    /// A store in that folder, which is created when the first file is written.
    public init(folder: URL) { self.folder = folder }

    /// Checks a file, stores it, and records that this organisation uploaded it.
    ///
    /// `claimedName` is the uploaded file name; its extension must match the content. Repeating an upload only renews the file's age.
    /// Throws a `Refusal` under QUAN-20 (too large or empty), QUAN-21 (kind not accepted), QUAN-22 (content is of another kind), QUAN-23
    /// (damaged) or QUAN-24 (unsafe); and `FileStoreFailure` if the disk fails.
    public func put(_ bytes: [UInt8], claimedName: String, uploadedBy organisation: UUID) throws -> StoredFile {
        let file = try Self.checked(bytes, claimedName: claimedName)
        try withLock(.shared, on: file.hash) {
            try write(bytes, to: file.hash)
            try mark(Mark(.owners, file.hash, organisation))
        }
        return file
    }

    /// Checks a file as `put` does, without storing it.
    public static func checked(_ bytes: [UInt8], claimedName: String) throws(Refusal) -> StoredFile {
        guard (1...maximumBytes).contains(bytes.count) else {
            throw PlatformRule.fileTooLarge.refusal().comparing("given", bytes.count, .bytes).comparing("limit", maximumBytes, .bytes)
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

    /// A file's content, verified by its hash. Throws a `Refusal` under QUAN-25 if it is missing or was changed, and `FileStoreFailure` if
    /// the disk fails.
    public func bytes(of hash: ContentHash) throws -> [UInt8] {
        guard let bytes = try read(hash), ContentHash(of: bytes) == hash else { throw Self.notStored(hash) }
        return bytes
    }

    /// The file stored under a hash, verified by its hash; nil if it is missing or was changed. Throws `FileStoreFailure` if the disk
    /// fails.
    public func file(_ hash: ContentHash) throws -> StoredFile? {
        guard let bytes = try read(hash), ContentHash(of: bytes) == hash, let kind = FileKind(beginning: bytes) else { return nil }
        return StoredFile(hash: hash, byteCount: bytes.count, kind: kind)
    }

    /// The refusal (QUAN-25) for a file that is not in the store.
    public static func notStored(_ hash: ContentHash) -> Refusal {
        PlatformRule.fileNotStored.refusal().comparing("file", hash.hexadecimal, .code)
    }

    private static func claimedKind(_ name: String) throws(Refusal) -> FileKind {
        let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "/" && $0 != "\\" }
        guard isPlain, (1...maximumNameCharacters).contains(name.count), let kind = FileKind(fileName: name) else {
            throw PlatformRule.fileKindNotTaken.refusal()
                .comparing("allowed", FileKind.allCases.map(\.rawValue).joined(separator: ","), .code)
        }
        return kind
    }
}

extension String {
    /// The text with a capital first letter.
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
