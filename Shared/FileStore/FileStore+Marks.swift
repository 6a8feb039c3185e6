public import Foundation
import Glibc
public import Kernel

/// An empty file that says one thing of a stored content: its name is whom or what it is about.
struct Mark {
    /// What marks say.
    enum Kind: String {
        /// The organisation uploaded the content.
        case owners
        /// The case keeps the content.
        case kept
    }

    let kind: Kind
    let hash: ContentHash
    let id: UUID

    init(_ kind: Kind, _ hash: ContentHash, _ id: UUID) {
        self.kind = kind
        self.hash = hash
        self.id = id
    }
}

extension FileStore {
    /// Whether an organisation uploaded that content itself. Knowing a hash is not having the file.
    public func isUploaded(_ hash: ContentHash, by organisation: UUID) throws -> Bool {
        try exists(Mark(.owners, hash, organisation))
    }

    /// Marks a content as used by a case, for good: `sweep` leaves it from then on. The same case again changes nothing.
    ///
    /// Throws a `Refusal` under QUAN-25 where there is no such content, and `FileStoreFailure` where the disk fails.
    public func keep(_ hash: ContentHash, for caseID: UUID) throws {
        let mark = Mark(.kept, hash, caseID)
        if try exists(mark) { return }
        try withLock(.shared, on: hash) {
            guard try renewAge(of: place(of: hash).file) else { throw Self.notStored(hash) }
            try self.mark(mark)
        }
    }

    /// Makes a content as young as one that was just uploaded, so that `sweep` leaves it while a case that names it is decided; false where
    /// there is no such content.
    public func renew(_ hash: ContentHash) throws -> Bool {
        guard access(place(of: hash).file, F_OK) == 0 else { return false }
        return try withLock(.shared, on: hash) { try renewAge(of: place(of: hash).file) }
    }

    /// Whether any case keeps a content.
    func isKept(_ hash: ContentHash) throws -> Bool { try !names(in: folder(of: .kept, hash)).isEmpty }

    /// Makes a mark, durably. Two processes that make the same one both succeed.
    func mark(_ mark: Mark) throws {
        if try exists(mark) { return }
        let folder = folder(of: mark.kind, mark.hash)
        try makeFolder(folder)
        let descriptor = open(path(of: mark), O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw FileStoreFailure(action: "mark a file", errorNumber: errno) }
        close(descriptor)
        try makeDurable(folder: folder)
    }

    /// The folder with all marks of a kind on a content.
    func folder(of kind: Mark.Kind, _ hash: ContentHash) -> String {
        "\(folder.path)/\(kind.rawValue)/\(hash.part)/\(hash.hexadecimal)"
    }

    /// The names in a folder, in order; none where there is no folder.
    func names(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else {
            guard errno == ENOENT else { throw FileStoreFailure(action: "list a folder", errorNumber: errno) }
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { place in
                place.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private func exists(_ mark: Mark) throws -> Bool {
        if access(path(of: mark), F_OK) == 0 { return true }
        guard errno == ENOENT else { throw FileStoreFailure(action: "look for a mark", errorNumber: errno) }
        return false
    }

    private func path(of mark: Mark) -> String { "\(folder(of: mark.kind, mark.hash))/\(mark.id.uuidString.lowercased())" }
}
