import Foundation
import Glibc
import Kernel

/// How a part of the store is held: any number may write at once, and nobody while files are removed.
enum StoreLock: Int32 {
    /// For those who store or mark.
    case shared
    /// For the sweep, while it looks at one file for the last time and removes it.
    case exclusive
}

extension FileStore {
    /// How long a lock is waited for: the other side holds it while it writes or removes one file.
    private static let longestWait = Duration.seconds(10)
    private static let pauseMicroseconds: UInt32 = 2_000

    /// Holds the part of the store where a file lies, over all processes. The system lets go of it when a process ends, however it ends.
    func withLock<R>(_ lock: StoreLock, on hash: ContentHash, _ body: () throws -> R) throws -> R {
        try withLock(lock, onFolder: place(of: hash).folder, body)
    }

    /// Holds the part of the store that this folder is.
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
    /// The part of the store it lies in: its first two digits.
    var part: String { String(hexadecimal.prefix(2)) }
}
