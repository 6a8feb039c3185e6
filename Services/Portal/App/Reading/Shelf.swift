import Foundation
import Postgres

/// Where things of one kind lie, and whose they are, in SQL.
struct Shelf: Sendable {
    let kind: ReadTable.Kind
    /// The table, named `t`, and the condition that they are of this kind.
    private let table: String
    private let isKind: String
    /// Whose enterprise's and institution's they are; whose programmes' as one text; and whether one of `$3` is among these.
    private let owners: String
    private let isEnterprise: String
    private let isInstitution: String
    private let isOfProgrammes: String
    /// The version of the programme, where a thing has one.
    private let version: String
    /// A thing's JSON with the steps it has taken.
    private let whole: String
    /// What else a list may be narrowed by, as `$7`.
    private let filter: String

    /// Statements have the kind in their names.
    func list() -> PostgresStatement {
        PostgresStatement(
            "portal.list-\(kind)",
            """
            select t.seq, t.snapshot::text, t.state, \(version), \(owners) from \(table) t
            where \(isKind) and (\(isEnterprise) or \(isInstitution) or \(isOfProgrammes) or \(isInNotice))
              and ($7::text is null or \(filter)) and ($8::text is null or t.state = $8) and t.seq > $9 order by t.seq limit $10
            """)
    }

    /// One thing by its id, whosever it is.
    func one() -> PostgresStatement {
        PostgresStatement(
            "portal.one-\(kind)",
            "select t.seq, (\(whole))::text, t.state, \(version), \(owners) from \(table) t where \(isKind) and t.id = $1")
    }

    /// What is never in notice names the parameters all the same: a statement has all of them.
    private var isInNotice: String {
        version == Self.noVersion
            ? "(false and $4::text[] is null and $5::integer[] is null and $6::text[] is null)"
            : "(t.programme_id, t.programme_version, t.state) in (select * from unnest($4::text[], $5::integer[], $6::text[]))"
    }

    /// The statement's own columns as a reader's sight knows them.
    static func subject(_ state: String, _ version: Int32?, _ enterprise: UUID?, _ institution: UUID?, _ programmes: String?)
        -> Sight.Subject
    {
        Sight.Subject(
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

    static let orders = Shelf(
        kind: .order, table: "purchase", isKind: "true", owners: "t.enterprise_id, t.institution_id, t.programme_id",
        isEnterprise: "t.enterprise_id = $1", isInstitution: "t.institution_id = $2", isOfProgrammes: "t.programme_id = any($3::text[])",
        version: noVersion, whole: steps("purchase_step", "s.purchase_id = t.id"), filter: "t.programme_id = $7")

    static let redemptions = official(.redemption, of: "t.programme_id", among: "t.programme_id = any($3::text[])")
    static let disbursements = official(.disbursement, of: "t.programme_id", among: "t.programme_id = any($3::text[])")
    /// An institution is paid to one account in all its programmes, and each of these programmes' officers see it.
    static let payees = official(
        .payee, of: "(select string_agg(i.programme_id, ',') from institution i where i.id = t.id)",
        among: "exists (select from institution i where i.id = t.id and i.programme_id = any($3::text[]))")

    private static func official(_ kind: ReadTable.Kind, of programmes: String, among: String) -> Shelf {
        Shelf(
            kind: kind, table: "official_case", isKind: "t.kind = '\(kind)'", owners: "t.enterprise_id, t.institution_id, \(programmes)",
            isEnterprise: "t.enterprise_id = $1", isInstitution: "t.institution_id = $2", isOfProgrammes: among,
            version: kind == .redemption ? "t.programme_version" : noVersion,
            whole: steps("case_step", "s.kind = t.kind and s.id = t.id"), filter: "t.programme_id = $7")
    }

    static let enterprises = registered(.enterprise)
    static let entitlements = registered(.entitlement)

    private static func registered(_ kind: ReadTable.Kind) -> Shelf {
        Shelf(
            kind: kind, table: "enterprise", isKind: "true", owners: "t.id, null::uuid, t.programme_id", isEnterprise: "t.id = $1",
            isInstitution: "(false and $2::uuid is null)", isOfProgrammes: "t.programme_id = any($3::text[])", version: noVersion,
            whole: "t.snapshot", filter: "t.programme_id = $7")
    }
}
