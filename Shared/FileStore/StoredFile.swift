public import Kernel

/// A file that is in the store.
public struct StoredFile: Sendable, Hashable, Codable {
    /// Its address: the SHA-256 of its content.
    public let hash: ContentHash
    /// How large it is.
    public let byteCount: Int
    /// What it is.
    public let kind: FileKind
}

/// The store could not write or read: a full disk, a missing folder. Trying again may help.
public struct FileStoreFailure: Error, Sendable, CustomStringConvertible {
    /// What was tried.
    public let action: String
    /// The system's error number.
    public let errorNumber: Int32

    /// What was tried and what the system said.
    public var description: String { "the file store could not \(action): error \(errorNumber)" }
}
