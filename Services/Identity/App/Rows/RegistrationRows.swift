import Foundation
import IdentityDomain
import Kernel
import Messages
import Postgres

/// The key of a registration.
struct RegistrationKey: Sendable, Hashable, Comparable {
    let enterpriseID: UUID
    let programmeID: String

    static func < (left: RegistrationKey, right: RegistrationKey) -> Bool {
        (left.enterpriseID.uuidString, left.programmeID) < (right.enterpriseID.uuidString, right.programmeID)
    }
}

/// The registrations that a batch works on, and the holders of the credit codes that it names.
struct RegistrationRows: Sendable {
    private var requested: Set<RegistrationKey> = []
    private var requestedCodes: Set<String> = []
    private var found: [RegistrationKey: Registration] = [:]
    private var holders: [CodeInProgramme: UUID] = [:]
    private var changed: Set<RegistrationKey> = []

    private struct CodeInProgramme: Hashable {
        let code: String
        let programmeID: String
    }

    mutating func request(_ key: RegistrationKey) { requested.insert(key) }
    mutating func request(holderOf code: CreditCode) { requestedCodes.insert(code.text) }

    subscript(key: RegistrationKey) -> Registration? { found[key] }

    /// The organisation that holds a credit code in a programme, including the changes of this batch.
    func holder(of code: CreditCode, in programmeID: String) -> UUID? {
        holders[CodeInProgramme(code: code.text, programmeID: programmeID)]
    }

    /// The credit codes of the loaded registrations.
    var creditCodes: Set<String> { Set(found.values.map(\.particulars.creditCode.text)) }

    mutating func set(_ registration: Registration) {
        let key = RegistrationKey(enterpriseID: registration.enterpriseID, programmeID: registration.programmeID)
        if let code = found[key]?.particulars.creditCode, code != registration.particulars.creditCode {
            holders[CodeInProgramme(code: code.text, programmeID: key.programmeID)] = nil
        }
        found[key] = registration
        holders[CodeInProgramme(code: registration.particulars.creditCode.text, programmeID: key.programmeID)] = key.enterpriseID
        changed.insert(key)
    }

    /// An advisory lock on the code until the end of the transaction, because a code without a holder has no row to lock.
    private static let lockCodes = PostgresStatement(
        "registration.lockCodes",
        """
        select count(pg_advisory_xact_lock(lock)) from
            (select hashtextextended(code, 7001) as lock from unnest($1::text[]) as code order by lock) as locks
        """)
    private static let load = PostgresStatement(
        "registration.load",
        """
        select enterprise_id, programme_id, programme_version, particulars, state, tier, quota_fen, refusals, appeal from registration
        where (enterprise_id, programme_id) in (select * from unnest($1::uuid[], $2::text[]))
        order by enterprise_id, programme_id for update
        """)
    private static let holdersOf = PostgresStatement(
        "registration.holders", "select credit_code, programme_id, enterprise_id from registration where credit_code = any($1::text[])")
    private static let write = PostgresStatement(
        "registration.write",
        """
        insert into registration
            (enterprise_id, programme_id, programme_version, credit_code, particulars, state, tier, quota_fen, refusals, appeal)
        select * from unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::jsonb[], $6::text[], $7::text[], $8::bigint[],
            $9::jsonb[], $10::jsonb[])
        on conflict (enterprise_id, programme_id) do update set
            programme_version = excluded.programme_version, credit_code = excluded.credit_code, particulars = excluded.particulars,
            state = excluded.state, tier = excluded.tier, quota_fen = excluded.quota_fen, refusals = excluded.refusals,
            appeal = excluded.appeal
        """)

    mutating func load(_ connection: PostgresConnection) async throws {
        if !requestedCodes.isEmpty {
            let codes = requestedCodes.sorted()
            _ = try await connection.query(Self.lockCodes, codes)
            for (code, programmeID, enterpriseID) in try await connection.query(Self.holdersOf, codes)
                .decode(String.self, String.self, UUID.self)
            {
                holders[CodeInProgramme(code: code, programmeID: programmeID)] = enterpriseID
            }
        }
        guard !requested.isEmpty else { return }
        let keys = requested.sorted()
        let rows = try await connection.query(Self.load, keys.map(\.enterpriseID), keys.map(\.programmeID))
        for row in rows {
            let registration = try Self.registration(row)
            found[RegistrationKey(enterpriseID: registration.enterpriseID, programmeID: registration.programmeID)] = registration
        }
    }

    private static func registration(_ row: PostgresRow) throws -> Registration {
        let (enterpriseID, programmeID, version, particulars, state, tier, quota, refusals, appeal) = try row.decode(
            UUID.self, String.self, Int32.self, PostgresJSON.self, String.self, String?.self, Int64?.self, PostgresJSON.self,
            PostgresJSON?.self)
        return Registration(
            enterpriseID: enterpriseID, programmeID: programmeID, programmeVersion: Int(version),
            particulars: try particulars.decode(Particulars.self), state: state, tier: tier, quotaFen: quota.map { Fen($0) },
            refusals: try refusals.decode([Refusal].self), appeal: try appeal?.decode(EntitlementAppeal.self))
    }

    func writes() throws -> [PostgresStep] {
        guard !changed.isEmpty else { return [] }
        let all = changed.sorted().compactMap { found[$0] }
        return [
            PostgresStep(
                Self.write, all.map(\.enterpriseID), all.map(\.programmeID), all.map { Int32(clamping: $0.programmeVersion) },
                all.map(\.particulars.creditCode.text), try all.map { try PostgresJSON(encoding: $0.particulars) }, all.map(\.state),
                all.map(\.tier), all.map { $0.quotaFen?.rawValue }, try all.map { try PostgresJSON(encoding: $0.refusals) },
                try all.map { try $0.appeal.map { try PostgresJSON(encoding: $0) } })
        ]
    }
}
