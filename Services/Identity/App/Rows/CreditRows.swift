import Foundation
import IdentityDomain
import Kernel
import Postgres

/// The recorded credit standings that a batch works on, by credit code.
struct CreditRows: Sendable {
    private var requested: Set<String> = []
    private var found: [String: CreditStanding] = [:]
    private var changed: [String: Date] = [:]

    mutating func request(_ code: CreditCode) { requested.insert(code.text) }

    subscript(code: CreditCode) -> CreditStanding? { found[code.text] }

    mutating func set(_ standing: CreditStanding, of code: CreditCode, at now: Date) {
        found[code.text] = standing
        changed[code.text] = now
    }

    private static let load = PostgresStatement(
        "credit.load",
        "select credit_code, standing from credit_record where credit_code = any($1::text[]) order by credit_code for update")
    private static let write = PostgresStatement(
        "credit.write",
        """
        insert into credit_record (credit_code, standing, recorded_at) select * from unnest($1::text[], $2::jsonb[], $3::timestamptz[])
        on conflict (credit_code) do update set standing = excluded.standing, recorded_at = excluded.recorded_at
        """)

    /// Loads and locks the requested standings and those of `codes`.
    mutating func load(_ connection: PostgresConnection, andOf codes: Set<String>) async throws {
        let all = requested.union(codes).sorted()
        guard !all.isEmpty else { return }
        for (code, standing) in try await connection.query(Self.load, all).decode(String.self, PostgresJSON.self) {
            found[code] = try standing.decode(CreditStanding.self)
        }
    }

    func writes() throws -> [PostgresStep] {
        guard !changed.isEmpty else { return [] }
        let codes = changed.keys.sorted()
        let standings = try codes.map { try PostgresJSON(encoding: found[$0] ?? .unknown) }
        return [PostgresStep(Self.write, codes, standings, codes.compactMap { changed[$0] })]
    }
}
