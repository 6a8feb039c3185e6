import CatalogueDomain
import Foundation
import Postgres

/// The institutions that a batch works on.
struct InstitutionRows: Sendable {
    private struct Code: Hashable {
        let programmeID: String
        let creditCode: String
    }

    private var requested: Set<Institution.ID> = []
    private var requestedCodes: Set<Code> = []
    private var known: [Institution.ID: Institution] = [:]
    private var changed: Set<Institution.ID> = []

    mutating func request(_ id: Institution.ID, creditCode: String?) {
        requested.insert(id)
        if let creditCode { requestedCodes.insert(Code(programmeID: id.programmeID, creditCode: creditCode)) }
    }

    subscript(id: Institution.ID) -> Institution? { known[id] }

    /// The institution of a programme with a credit code.
    func institution(of programmeID: String, creditCode: String) -> Institution? {
        known.values.first { $0.id.programmeID == programmeID && $0.creditCode == creditCode }
    }

    mutating func set(_ institution: Institution) {
        known[institution.id] = institution
        changed.insert(institution.id)
    }

    mutating func load(_ connection: PostgresConnection) async throws {
        guard !requested.isEmpty else { return }
        let (ids, codes) = (requested.sorted(), Array(requestedCodes))
        let rows = try await connection.query(
            Self.lock, ids.map(\.programmeID), ids.map(\.institutionID), codes.map(\.programmeID), codes.map(\.creditCode))
        for (programme, id, name, code, standing, state) in try rows.decode(
            String.self, UUID.self, String.self, String.self, String.self, String.self)
        {
            let id = Institution.ID(programmeID: programme, institutionID: id)
            known[id] = Institution(
                id: id, name: name, creditCode: code, standing: Institution.Standing(rawValue: standing) ?? .removed,
                applicationState: state)
        }
    }

    func writes() -> [PostgresStep] {
        let all = changed.sorted().compactMap { known[$0] }
        guard !all.isEmpty else { return [] }
        return [
            PostgresStep(
                Self.write, all.map(\.id.programmeID), all.map(\.id.institutionID), all.map(\.name), all.map(\.creditCode),
                all.map(\.standing.rawValue), all.map(\.applicationState))
        ]
    }

    private static let lock = PostgresStatement(
        "institution.lock",
        """
        select programme_id, id, name, credit_code, standing, application_state from institution
        where (programme_id, id) in (select * from unnest($1::text[], $2::uuid[]))
           or (programme_id, credit_code) in (select * from unnest($3::text[], $4::text[]))
        order by programme_id, id for update
        """)
    private static let write = PostgresStatement(
        "institution.write",
        """
        insert into institution (programme_id, id, name, credit_code, standing, application_state)
        select * from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
        on conflict (programme_id, id) do update set
            name = excluded.name, standing = excluded.standing, application_state = excluded.application_state,
            changed_at = clock_timestamp()
        """)
}
