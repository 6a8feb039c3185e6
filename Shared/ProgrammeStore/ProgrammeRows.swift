public import Foundation
import Kernel
public import Messages
public import Postgres
public import Programme

/// The programmes a service knows: part of its working rows.
///
/// ```swift
/// struct OrderRows: HoldsProgrammes {
///     var programmes = ProgrammeRows()
///     mutating func load(_ connection: PostgresConnection) async throws { try await programmes.load(connection) ... }
///     func writes() throws -> [PostgresStep] { try programmes.writes() + ... }
/// }
/// ```
/// All versions are there once loaded; nothing needs to be wanted. What this process has read before costs one short statement a batch.
public struct ProgrammeRows: Sendable {
    /// What to do about a programme that is not known here.
    public enum IfUnknown: Sendable, Hashable {
        /// Refuse under QUAN-07: a caller named it.
        case refuse
        /// Wait: another service named it, so it exists and is on its way.
        case wait
    }

    private var known: [ProgrammeVersion: (hash: String, reading: ProgrammeCache.Reading)] = [:]
    private var taken: [(version: ProgrammeVersion, hash: String, files: ProgrammeFiles)] = []
    /// Known, and not read by this process yet.
    private var unread: [ProgrammeCache.Key] = []

    /// Nothing known yet.
    public init() {}

    /// The versions that are known, by id and number.
    public var versions: [ProgrammeVersion] { known.keys.sorted { ($0.programmeID, $0.version) < ($1.programmeID, $1.version) } }

    /// A certain version. Throws a refusal under QUAN-07 or `ProgrammeNotArrived` where it is not known, as `ifUnknown` says, and
    /// `ProgrammeUnreadable` where it is and cannot be read.
    public func version(_ id: String, _ version: Int, ifUnknown: IfUnknown = .refuse) throws -> Programme {
        guard let found = known[ProgrammeVersion(programmeID: id, version: version)] else {
            throw ifUnknown == .wait ? ProgrammeNotArrived(programmeID: id, version: version) : Self.unknown(id, version)
        }
        return try found.reading.get()
    }

    /// The version in force at an instant; of several the highest. Throws as `version` does, and a refusal under QUAN-07 where the
    /// programme is known and none of its versions is in force then.
    public func inForce(_ id: String, at now: Date, ifUnknown: IfUnknown = .refuse) throws -> Programme {
        let versions = known.filter { $0.key.programmeID == id }.sorted { $0.key.version > $1.key.version }
        guard !versions.isEmpty else {
            throw ifUnknown == .wait ? ProgrammeNotArrived(programmeID: id, version: nil) : Self.unknown(id, nil)
        }
        for (_, found) in versions {
            let programme = try found.reading.get()
            if programme.isInForce(at: now) { return programme }
        }
        throw Self.notInForce(id, now)
    }

    /// Takes a published version. The same one again changes nothing. Throws `ProgrammeUnreadable` where it cannot be read, or where
    /// other files are known under its names: a published version never changes.
    @discardableResult
    public mutating func take(_ published: ProgrammePublished) throws -> Programme {
        let version = ProgrammeVersion(programmeID: published.programmeID, version: published.version)
        let hash = try published.files.contentHash().hexadecimal
        if let known = known[version] {
            guard known.hash == hash else { throw ProgrammeUnreadable(version, "other files were published under its names before") }
            return try known.reading.get()
        }
        let reading = ProgrammeCache.shared.read(
            ProgrammeSource(published.files), ProgrammeCache.Key(programme: version, hash: hash))
        let programme = try reading.get()
        known[version] = (hash, reading)
        taken.append((version, hash, published.files))
        return programme
    }

    /// The files of a version that is known and was not taken just now have this hash; nil where it is not known.
    public func contentHash(of version: ProgrammeVersion) -> String? { known[version]?.hash }

    /// Loads what is known. Files are fetched only where this process has not read them yet.
    public mutating func load(_ connection: PostgresConnection) async throws {
        try take(try await connection.query(Self.list))
        try await fetch(connection)
    }

    /// The same in two steps, for who asks for more in the same round trip as `list`: `fetch` has to follow.
    public mutating func take(_ rows: PostgresRows) throws {
        for (id, number, hash) in try rows.decode(String.self, Int32.self, String.self) {
            let key = ProgrammeCache.Key(programme: ProgrammeVersion(programmeID: id, version: Int(number)), hash: hash)
            guard let reading = ProgrammeCache.shared.reading(key) else {
                unread.append(key)
                continue
            }
            known[key.programme] = (hash, reading)
        }
    }

    /// Reads the files that this process has not read yet.
    public mutating func fetch(_ connection: PostgresConnection) async throws {
        for key in unread {
            let files = try await connection.query(Self.files, key.programme.programmeID, Int32(key.programme.version))
            guard let json = try files.decode(PostgresJSON.self).first else { continue }
            let source = ProgrammeSource(try json.decode(ProgrammeFiles.self))
            known[key.programme] = (key.hash, ProgrammeCache.shared.read(source, key))
        }
        unread = []
    }

    /// Writes what was taken. Two that take the same at once meet at the primary key; the second finds it there on its next try.
    public func writes() throws -> [PostgresStep] {
        guard !taken.isEmpty else { return [] }
        let files = try taken.map { try PostgresJSON(encoding: $0.files) }
        return [
            PostgresStep(
                Self.write, taken.map(\.version.programmeID), taken.map { Int32(clamping: $0.version.version) }, taken.map(\.hash), files)
        ]
    }

    /// What `take` takes the answer of: the versions that are known.
    public static let list = PostgresStatement("programme.list", "select id, version, content_hash from programme_version")
    private static let files = PostgresStatement(
        "programme.fetch", "select files from programme_version where id = $1 and version = $2")
    private static let write = PostgresStatement(
        "programme.write",
        """
        insert into programme_version (id, version, content_hash, files)
        select * from unnest($1::text[], $2::integer[], $3::text[], $4::jsonb[])
        """)
}
