import Foundation
import Messages
import PayoutDomain
import Postgres

/// The registered names of institutions, from the catalogue's events. They need no lock, because an institution's events arrive in order.
struct RegisteredNameTable: Sendable {
    private struct Key: Hashable {
        let institutionID: UUID
        let programmeID: String
    }

    var requested: Set<UUID> = []
    private var rows: [Key: RegisteredNames.Registration] = [:]
    private var changed: Set<Key> = []

    /// The names of an institution.
    subscript(institution: UUID) -> RegisteredNames {
        RegisteredNames(rows.filter { $0.key.institutionID == institution }.map(\.value))
    }

    /// Saves an institution's current name and state in a programme.
    mutating func put(_ institution: InstitutionChanged) {
        let key = Key(institutionID: institution.institutionID, programmeID: institution.programmeID)
        rows[key] = RegisteredNames.Registration(name: institution.name, isAdmitted: institution.state == "admitted")
        changed.insert(key)
    }

    mutating func load(_ connection: PostgresConnection) async throws {
        guard !requested.isEmpty else { return }
        let found = try await connection.query(Self.read, Array(requested)).decode(UUID.self, String.self, String.self, Bool.self)
        for (institution, programme, name, isAdmitted) in found {
            rows[Key(institutionID: institution, programmeID: programme)] = RegisteredNames.Registration(name: name, isAdmitted: isAdmitted)
        }
    }

    var writes: [PostgresStep] {
        changed.sorted { ($0.institutionID.uuidString, $0.programmeID) < ($1.institutionID.uuidString, $1.programmeID) }.compactMap { key in
            rows[key].map { PostgresStep(Self.write, [key.institutionID, key.programmeID, $0.name, $0.isAdmitted]) }
        }
    }

    private static let read = PostgresStatement(
        "registered-name.read",
        "select institution_id, programme_id, name, is_admitted from registered_name where institution_id = any($1::uuid[])")
    private static let write = PostgresStatement(
        "registered-name.write",
        """
        insert into registered_name values ($1, $2, $3, $4)
        on conflict (institution_id, programme_id) do update set name = excluded.name, is_admitted = excluded.is_admitted
        """)
}
