public import Foundation
import Glibc
public import Kernel

/// An empty file that records one fact about a stored file; its name is the id of the organisation or case.
struct Mark {
    /// The recorded fact.
    enum Kind: String {
        /// The organisation uploaded the file.
        case owners
        /// The case keeps the file.
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
    /// Whether an organisation uploaded that file itself, as opposed to only knowing its hash.
    public func isUploaded(_ hash: ContentHash, by organisation: UUID) throws -> Bool {
        try exists(Mark(.owners, hash, organisation))
    }

    /// Marks a file as used by a case, permanently: `sweep` never removes it from then on. Repeating the call for the same case changes
    /// nothing.
    ///
    /// Throws a `Refusal` under QUAN-25 if the file is not stored, and `FileStoreFailure` if the disk fails.
    public func keep(_ hash: ContentHash, for caseID: UUID) throws {
        let mark = Mark(.kept, hash, caseID)
        if try exists(mark) { return }
        try withLock(.shared, on: hash) {
            guard try renewAge(of: place(of: hash).file) else { throw Self.notStored(hash) }
            try self.mark(mark)
        }
    }

    /// Renews a file's age, so that `sweep` does not remove it while a case that names it is being decided; false if the file is not
    /// stored.
    public func renew(_ hash: ContentHash) throws -> Bool {
        guard access(place(of: hash).file, F_OK) == 0 else { return false }
        return try withLock(.shared, on: hash) { try renewAge(of: place(of: hash).file) }
    }

    /// Whether any case keeps a file.
    func isKept(_ hash: ContentHash) throws -> Bool { try !names(in: folder(of: .kept, hash)).isEmpty }

    /// Writes a mark durably. Two processes that write the same mark both succeed.
    func mark(_ mark: Mark) throws {
        if try exists(mark) { return }
        let folder = folder(of: mark.kind, mark.hash)
        try makeFolder(folder)
        let descriptor = open(path(of: mark), O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw FileStoreFailure(action: "mark a file", errorNumber: errno) }
        close(descriptor)
        try makeDurable(folder: folder)
    }

    /// The folder with all marks of a kind for a file.
    func folder(of kind: Mark.Kind, _ hash: ContentHash) -> String {
        "\(folder.path)/\(kind.rawValue)/\(hash.part)/\(hash.hexadecimal)"
    }

    /// The names in a folder, in order; empty if the folder does not exist.
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
