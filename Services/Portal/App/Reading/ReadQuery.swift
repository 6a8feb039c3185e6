import Foundation
import Postgres

/// The SQL that reads the records of one kind, with the conditions on their owners.
struct ReadQuery: Sendable {
    let kind: ReadTable.Kind
    /// The table, with the alias `t`, and the condition that a row is of this kind.
    private let table: String
    private let isKind: String
    /// The columns enterprise, institution and programmes (joined by commas), and the conditions on them: the enterprise is `$1`, the
    /// institution is `$2`, one of the programmes is in `$3`.
    private let owners: String
    private let isEnterprise: String
    private let isInstitution: String
    private let isOfProgrammes: String
    /// The column of the programme's version, or `noVersion`.
    private let version: String
    /// The record's JSON with the steps it has taken.
    private let json: String
    /// The condition of the list's filter by programme, `$7`.
    private let filter: String

    /// A page of records; the parameters are `$1` to `$10`. Each kind has a statement name of its own.
    func list() -> PostgresStatement {
        PostgresStatement(
            "portal.list-\(kind)",
            """
            select t.seq, t.snapshot::text, t.state, \(version), \(owners) from \(table) t
            where \(isKind) and (\(isEnterprise) or \(isInstitution) or \(isOfProgrammes) or \(isInNotice))
              and ($7::text is null or \(filter)) and ($8::text is null or t.state = $8) and t.seq > $9 order by t.seq limit $10
            """)
    }

    /// One record by its id, without a condition on its owner.
    func item() -> PostgresStatement {
        PostgresStatement(
            "portal.one-\(kind)",
            "select t.seq, (\(json))::text, t.state, \(version), \(owners) from \(table) t where \(isKind) and t.id = $1")
    }

    /// A kind without public notice still names the parameters, because every statement is sent all of them.
    private var isInNotice: String {
        version == Self.noVersion
            ? "(false and $4::text[] is null and $5::integer[] is null and $6::text[] is null)"
            : "(t.programme_id, t.programme_version, t.state) in (select * from unnest($4::text[], $5::integer[], $6::text[]))"
    }

    /// The attributes of a record, from the columns of a statement.
    static func resource(_ state: String, _ version: Int32?, _ enterprise: UUID?, _ institution: UUID?, _ programmes: String?)
        -> ReadAccess.Resource
    {
        ReadAccess.Resource(
            enterprise: enterprise, institution: institution,
            programmes: Set((programmes ?? "").split(separator: ",").map(String.init)), programmeVersion: version.map(Int.init),
            state: state)
    }

    private static func steps(_ table: String, _ condition: String) -> String {
        """
        jsonb_set(t.snapshot, '{steps}', coalesce((
            select jsonb_agg(jsonb_build_object(
                'step', s.step, 'from', s.from_state, 'to', s.to_state, 'reason', s.reason,
                'at', to_char(s.taken_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) order by s.version)
            from \(table) s where \(condition)), '[]'))
        """
    }

    private static let noVersion = "null::integer"

    static let orders = ReadQuery(
        kind: .order, table: "order_record", isKind: "true", owners: "t.enterprise_id, t.institution_id, t.programme_id",
        isEnterprise: "t.enterprise_id = $1", isInstitution: "t.institution_id = $2", isOfProgrammes: "t.programme_id = any($3::text[])",
        version: noVersion, json: steps("order_step", "s.order_id = t.id"), filter: "t.programme_id = $7")

    static let redemptions = caseRecords(.redemption, of: "t.programme_id", among: "t.programme_id = any($3::text[])")
    static let disbursements = caseRecords(.disbursement, of: "t.programme_id", among: "t.programme_id = any($3::text[])")
    /// An institution has one account for all its programmes; the officers of each of these programmes may read it.
    static let payees = caseRecords(
        .payee, of: "(select string_agg(i.programme_id, ',') from institution i where i.id = t.id)",
        among: "exists (select from institution i where i.id = t.id and i.programme_id = any($3::text[]))")

    private static func caseRecords(_ kind: ReadTable.Kind, of programmes: String, among: String) -> ReadQuery {
        ReadQuery(
            kind: kind, table: "case_record", isKind: "t.kind = '\(kind)'", owners: "t.enterprise_id, t.institution_id, \(programmes)",
            isEnterprise: "t.enterprise_id = $1", isInstitution: "t.institution_id = $2", isOfProgrammes: among,
            version: kind == .redemption ? "t.programme_version" : noVersion,
            json: steps("case_step", "s.kind = t.kind and s.id = t.id"), filter: "t.programme_id = $7")
    }

    static let enterprises = enterpriseRows(.enterprise)
    static let entitlements = enterpriseRows(.entitlement)

    private static func enterpriseRows(_ kind: ReadTable.Kind) -> ReadQuery {
        ReadQuery(
            kind: kind, table: "enterprise", isKind: "true", owners: "t.id, null::uuid, t.programme_id", isEnterprise: "t.id = $1",
            isInstitution: "(false and $2::uuid is null)", isOfProgrammes: "t.programme_id = any($3::text[])", version: noVersion,
            json: "t.snapshot", filter: "t.programme_id = $7")
    }
}
