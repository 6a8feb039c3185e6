public import Foundation
import Kernel
public import Messages
public import Postgres
public import Programme

/// The programmes that a service knows; part of its unit of work.
///
/// ```swift
/// struct OrderRows: HasProgrammeRows {
///     var programmes = ProgrammeRows()
///     mutating func load(_ connection: PostgresConnection) async throws { try await programmes.load(connection) ... }
///     func writes() throws -> [PostgresStep] { try programmes.writes() + ... }
/// }
/// ```
/// All versions are loaded, without row requests. Versions that this process has loaded before cost one short query per batch.
public struct ProgrammeRows: Sendable {
    /// What to do if a programme is not known here.
    public enum UnknownProgrammePolicy: Sendable, Hashable {
        /// Refuse under QUAN-07, because a caller named it.
        case refuse
        /// Wait, because another service named it: it exists, and its event will arrive.
        case wait
    }

    private var known: [ProgrammeVersion: (hash: String, result: ProgrammeCache.LoadResult)] = [:]
    private var recorded: [(version: ProgrammeVersion, hash: String, files: ProgrammeFiles)] = []
    /// Known versions whose files this process has not loaded yet.
    private var unloaded: [ProgrammeCache.Key] = []

    /// Rows with nothing loaded.
    public init() {}

    /// The known versions, ordered by id and number.
    public var versions: [ProgrammeVersion] { known.keys.sorted { ($0.programmeID, $0.version) < ($1.programmeID, $1.version) } }

    /// A version of a programme. If it is not known, throws a refusal under QUAN-07 or `ProgrammeNotArrived`, as `ifUnknown` says. If it
    /// cannot be loaded, throws `ProgrammeUnreadable`.
    public func version(_ id: String, _ version: Int, ifUnknown: UnknownProgrammePolicy = .refuse) throws -> Programme {
        guard let found = known[ProgrammeVersion(programmeID: id, version: version)] else {
            throw ifUnknown == .wait ? ProgrammeNotArrived(programmeID: id, version: version) : Self.unknown(id, version)
        }
        return try found.result.get()
    }

    /// The highest version in force at an instant. Throws as `version` does, and a refusal under QUAN-07 if the programme is known but no
    /// version is in force.
    public func inForce(_ id: String, at now: Date, ifUnknown: UnknownProgrammePolicy = .refuse) throws -> Programme {
        let versions = known.filter { $0.key.programmeID == id }.sorted { $0.key.version > $1.key.version }
        guard !versions.isEmpty else {
            throw ifUnknown == .wait ? ProgrammeNotArrived(programmeID: id, version: nil) : Self.unknown(id, nil)
        }
        for (_, found) in versions {
            let programme = try found.result.get()
            if programme.isInForce(at: now) { return programme }
        }
        throw Self.notInForce(id, now)
    }

    /// Records a published version; repeating it changes nothing. Throws `ProgrammeUnreadable` if it cannot be loaded, or if other files
    /// were published under the same id and version: a published version never changes.
    @discardableResult
    public mutating func record(_ published: ProgrammePublished) throws -> Programme {
        let version = ProgrammeVersion(programmeID: published.programmeID, version: published.version)
        let hash = try published.files.contentHash().hexadecimal
        if let known = known[version] {
            guard known.hash == hash else {
                throw ProgrammeUnreadable(version, "other files were published under this id and version before")
            }
            return try known.result.get()
        }
        let result = ProgrammeCache.shared.load(
            ProgrammeSource(published.files), ProgrammeCache.Key(programme: version, hash: hash))
        let programme = try result.get()
        known[version] = (hash, result)
        recorded.append((version, hash, published.files))
        return programme
    }

    /// The hash of a known version's files; nil if the version is not known.
    public func contentHash(of version: ProgrammeVersion) -> String? { known[version]?.hash }

    /// Loads all known versions. Fetches only files that this process has not loaded yet.
    public mutating func load(_ connection: PostgresConnection) async throws {
        try decode(try await connection.query(Self.list))
        try await fetchFiles(connection)
    }

    /// The first of two steps, for callers that send `list` with other queries in one round trip. `fetchFiles` must follow.
    public mutating func decode(_ rows: PostgresRows) throws {
        for (id, number, hash) in try rows.decode(String.self, Int32.self, String.self) {
            let key = ProgrammeCache.Key(programme: ProgrammeVersion(programmeID: id, version: Int(number)), hash: hash)
            guard let result = ProgrammeCache.shared.result(key) else {
                unloaded.append(key)
                continue
            }
            known[key.programme] = (hash, result)
        }
    }

    /// Fetches and loads the files that this process has not loaded yet.
    public mutating func fetchFiles(_ connection: PostgresConnection) async throws {
        for key in unloaded {
            let files = try await connection.query(Self.files, key.programme.programmeID, Int32(key.programme.version))
            guard let json = try files.decode(PostgresJSON.self).first else { continue }
            let source = ProgrammeSource(try json.decode(ProgrammeFiles.self))
            known[key.programme] = (key.hash, ProgrammeCache.shared.load(source, key))
        }
        unloaded = []
    }

    /// The statements that write the recorded versions. Two concurrent writers of one version conflict on the primary key; the second is
    /// retried and finds it.
    public func writes() throws -> [PostgresStep] {
        guard !recorded.isEmpty else { return [] }
        let files = try recorded.map { try PostgresJSON(encoding: $0.files) }
        return [
            PostgresStep(
                Self.write, recorded.map(\.version.programmeID), recorded.map { Int32(clamping: $0.version.version) },
                recorded.map(\.hash), files)
        ]
    }

    /// The query whose result `decode` reads: the known versions.
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
