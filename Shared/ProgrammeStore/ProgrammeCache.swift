import Kernel
import Programme
import Synchronization

/// The programmes this process has read. Reading one takes far longer than deciding by it, and a published version never changes.
final class ProgrammeCache: Sendable {
    /// The process's own.
    static let shared = ProgrammeCache()

    /// A version by its names and its files.
    struct Key: Hashable {
        let programme: ProgrammeVersion
        let hash: String
    }

    typealias Reading = Result<Programme, ProgrammeUnreadable>

    /// More than any installation publishes in years. At the bound all is forgotten and read again.
    private static let readingsAtMost = 128

    private let readings = Mutex<[Key: Reading]>([:])

    /// What was read under that key, if it was.
    func reading(_ key: Key) -> Reading? { readings.withLock { $0[key] } }

    /// Reads the files, or finds that they were read before.
    func read(_ source: ProgrammeSource, _ key: Key) -> Reading {
        if let reading = reading(key) { return reading }
        let reading = Self.load(source, as: key.programme)
        readings.withLock { readings in
            if readings.count >= Self.readingsAtMost { readings.removeAll() }
            readings[key] = reading
        }
        return reading
    }

    private static func load(_ source: ProgrammeSource, as version: ProgrammeVersion) -> Reading {
        do {
            let programme = try source.load().programme
            let named = ProgrammeVersion(programmeID: programme.id, version: programme.version)
            guard named == version else {
                return .failure(ProgrammeUnreadable(version, "its file says \(named.programmeID) version \(named.version)"))
            }
            return .success(programme)
        } catch {
            return .failure(ProgrammeUnreadable(version, error))
        }
    }
}
