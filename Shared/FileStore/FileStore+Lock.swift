import Foundation
import Glibc
import Kernel

/// The lock on a part of the store: many writers may hold it at once, but none while files are removed.
enum StoreLock: Int32 {
    /// For storing and marking files.
    case shared
    /// For the sweep, while it checks one file again and removes it.
    case exclusive
}

extension FileStore {
    /// The timeout for a lock. A holder keeps it only while it writes or removes one file.
    private static let longestWait = Duration.seconds(10)
    private static let pauseMicroseconds: UInt32 = 2_000

    /// Locks the part of the store that contains a file, across all processes. The system releases the lock when a process ends or crashes.
    func withLock<R>(_ lock: StoreLock, on hash: ContentHash, _ body: () throws -> R) throws -> R {
        try withLock(lock, onFolder: place(of: hash).folder, body)
    }

    /// Locks the part of the store in this folder.
    func withLock<R>(_ lock: StoreLock, onFolder folder: String, _ body: () throws -> R) throws -> R {
        try makeFolder(folder)
        let descriptor = open("\(folder)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw FileStoreFailure(action: "open a lock", errorNumber: errno) }
        defer { close(descriptor) }
        let begin = ContinuousClock.now
        while flock(descriptor, (lock == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, ContinuousClock.now - begin < Self.longestWait else {
                throw FileStoreFailure(action: "lock a part of itself", errorNumber: errno)
            }
            usleep(Self.pauseMicroseconds)
        }
        return try body()
    }
}

extension ContentHash {
    /// The part of the store that contains the file: the first two digits.
    var part: String { String(hexadecimal.prefix(2)) }
}
