public import Kernel

/// A file in the store.
public struct StoredFile: Sendable, Hashable, Codable {
    /// Its address: the SHA-256 of its content.
    public let hash: ContentHash
    /// Its size in bytes.
    public let byteCount: Int
    /// Its kind.
    public let kind: FileKind
}

/// A disk operation of the store failed, for example because the disk is full or the folder is missing. A retry may succeed.
public struct FileStoreFailure: Error, Sendable, CustomStringConvertible {
    /// The failed action.
    public let action: String
    /// The system's error number.
    public let errorNumber: Int32

    /// The failed action and the system's error number.
    public var description: String { "the file store could not \(action): error \(errorNumber)" }
}
