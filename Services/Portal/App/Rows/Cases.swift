import Foundation
import Messages
import Postgres
import StrictJSON

extension PortalRows {
    /// The records besides orders that take steps and belong to certain organisations.
    enum CaseKind: String, Sendable {
        case redemption, disbursement, payee
    }

    /// The organisations and the programme that a case belongs to.
    struct Owners: Sendable {
        var enterpriseID: UUID?
        let institutionID: UUID
        /// Nil for a payee, which applies to all programmes of its institution.
        var programmeID: String?
        var programmeVersion: Int?
    }

    /// The state of a case after a step.
    struct Case: Sendable {
        let kind: CaseKind
        let id: UUID
        let version: Int64
        let owners: Owners
        let state: String
        let snapshot: PostgresJSON
        let step: String
        let from: String?
        let reason: String?
        let at: Date

        init(
            kind: CaseKind, id: UUID, version: Int64, owners: Owners, state: String, snapshot: some Encodable, step: String, from: String?,
            reason: String?, at: Date
        ) throws {
            self.kind = kind
            self.id = id
            self.version = version
            self.owners = owners
            self.state = state
            self.snapshot = PostgresJSON(bytes: try StrictJSON.encode(snapshot))
            self.step = step
            self.from = from
            self.reason = reason
            self.at = at
        }
    }
}

/// The SQL that writes cases.
enum CaseStatements {
    /// The statements that write the last state of each case of a batch, and every step.
    static func steps(of rows: PortalRows) -> [PostgresStep] {
        var steps: [PostgresStep] = []
        if !rows.cases.isEmpty {
            var last: [String: PortalRows.Case] = [:]
            for one in rows.cases { last["\(one.kind)/\(one.id)"] = one }
            steps.append(snapshots(last.sorted { $0.key < $1.key }.map(\.value)))
            steps.append(takenSteps(rows.cases))
        }
        for (key, at) in rows.sealingKeys { steps.append(PostgresStep(sealingKey, [key.keyID, key.publicKey, at])) }
        return steps
    }

    private static func snapshots(_ all: [PortalRows.Case]) -> PostgresStep {
        PostgresStep(
            snapshot,
            [
                all.map(\.kind.rawValue), all.map(\.id), all.map(\.owners.enterpriseID), all.map(\.owners.institutionID),
                all.map(\.owners.programmeID), all.map { $0.owners.programmeVersion.map { Int32(clamping: $0) } }, all.map(\.state),
                all.map(\.snapshot),
            ])
    }

    private static func takenSteps(_ all: [PortalRows.Case]) -> PostgresStep {
        PostgresStep(
            step,
            [
                all.map(\.kind.rawValue), all.map(\.id), all.map(\.version), all.map(\.step), all.map(\.from), all.map(\.state),
                all.map(\.reason), all.map(\.at),
            ])
    }

    private static let snapshot = PostgresStatement(
        "portal.case",
        """
        insert into case_record (kind, id, enterprise_id, institution_id, programme_id, programme_version, state, snapshot)
        select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::integer[], $7::text[], $8::jsonb[])
        on conflict (kind, id) do update set
            enterprise_id = excluded.enterprise_id, institution_id = excluded.institution_id, programme_id = excluded.programme_id,
            programme_version = excluded.programme_version, state = excluded.state, snapshot = excluded.snapshot
        """)
    private static let step = PostgresStatement(
        "portal.case-step",
        """
        insert into case_step (kind, id, version, step, from_state, to_state, reason, taken_at)
        select * from unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
        on conflict do nothing
        """)
    private static let sealingKey = PostgresStatement(
        "portal.sealing-key",
        """
        insert into sealing_key (key_id, public_key, published_at) values ($1, $2, $3)
        on conflict (key_id) do update set published_at = excluded.published_at
        """)
}
