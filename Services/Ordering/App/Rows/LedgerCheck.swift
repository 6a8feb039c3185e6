import Foundation
import Kernel
import Messages
import OrderingDomain
import Postgres
import Programme
import ProgrammeStore

/// Checks the invariants of the ledger, from its transfers alone. All checks are one statement, so that they read one snapshot while orders
/// are processed.
enum LedgerCheck {
    static func run(_ programmes: ProgrammeRows, _ connection: PostgresConnection) async throws -> LedgerReport {
        var empty: [(id: String, version: Int32, state: String)] = []
        for version in programmes.versions {
            guard let programme = try? programmes.version(version.programmeID, version.version) else { continue }
            empty += programme.statesWithoutHoldings(of: "order").map { (version.programmeID, Int32(clamping: version.version), $0) }
        }
        _ = try await connection.query(PostgresPlans.wide)
        let rows = try await connection.query(check, empty.map(\.id), empty.map(\.version), empty.map(\.state))
        let lines = try rows.decode(String.self, String.self, String.self, Int64.self)
        let counts = Dictionary(lines.filter { $0.0 == "count" }.map { ($0.1, $0.3) }) { $1 }
        return LedgerReport(
            accounts: counts["accounts"] ?? 0, transfers: counts["transfers"] ?? 0, orders: counts["orders"] ?? 0,
            frozen: counts["frozen"] ?? 0, totals: try await totals(connection),
            violations: lines.filter { $0.0 != "count" }.map { LedgerReport.Violation(law: $0.0, subject: $0.1, detail: $0.2) })
    }

    private static func totals(_ connection: PostgresConnection) async throws -> [LedgerReport.Total] {
        try await connection.query(total).decode(String.self, String.self, String.self, Int64.self, String.self, Int64.self, Int64.self)
            .map { LedgerReport.Total(cap: $0.0, account: $0.1, unit: $0.2, limit: $0.3, kind: $0.4, amount: $0.5, rest: $0.6) }
    }

    /// Totals of the programmes' accounts only, because these are few.
    private static let total = PostgresStatement(
        "ordering.ledger-totals",
        """
        select a.cap, a.key, a.unit, a.limit_amount, t.kind, sum(t.amount)::bigint, sum(t.rest)::bigint
        from account a join transfer t on t.account = a.key
        where a.key ~ '^[^/]+/[^/]+/[0-9]+$' group by a.key, t.kind order by a.key, t.kind
        """)

    /// `entry` is what each transfer adds to each side of its account; everything else is aggregated from it.
    private static let check = PostgresStatement(
        "ordering.check-ledger",
        """
        with entry as materialized (
            select t.*,
                   case kind when 'reserve' then amount when 'post' then -rest when 'post-and-forfeit-rest' then 0 when 'forfeit' then 0
                             else -amount end as drawn,
                   case kind when 'reserve' then amount when 'return' then 0 else -amount - rest end as pending,
                   case kind when 'post' then amount when 'post-and-forfeit-rest' then amount when 'return' then -amount else 0 end as posted,
                   case kind when 'forfeit' then amount when 'post-and-forfeit-rest' then rest else 0 end as forfeited
            from transfer t),
        fold as (
            select account, count(*) as transfers, sum(drawn) as drawn, sum(pending) as pending, sum(posted) as posted,
                   sum(forfeited) as forfeited, max(account_number) as last
            from entry group by account),
        history as (
            select account, account_number, drawn_then,
                   sum(drawn) over (partition by account order by account_number) as summed,
                   row_number() over (partition by account order by account_number) as place
            from entry),
        hold as (
            select e.order_id, e.account, sum(e.pending) as pending from entry e group by e.order_id, e.account),
        held as (
            select h.order_id, max(h.pending) filter (where a.unit = 'fen') as fen, max(h.pending) as most
            from hold h join account a on a.key = h.account group by h.order_id),
        ended as (
            select order_id, reservation, count(*) filter (where kind in ('post', 'post-and-forfeit-rest', 'release', 'forfeit')) as ends,
                   sum(amount + rest) filter (where kind <> 'return') as gone
            from entry where reservation is not null group by order_id, reservation)
        select 'count', 'accounts', '', count(*) from account
        union all select 'count', 'transfers', '', count(*) from transfer
        union all select 'count', 'orders', '', count(*) from orders
        union all select 'count', 'frozen', '', count(*) from account where drawn > limit_amount
        union all (
            select 'sum-not-zero', a.unit, 'sides add up to ' || sum(e.pending + e.posted + e.forfeited - e.drawn), 0
            from entry e join account a on a.key = e.account
            group by a.unit having sum(e.pending + e.posted + e.forfeited - e.drawn) <> 0)
        union all (
            select 'balance-differs', a.key,
                   'account ' || concat_ws('/', a.drawn, a.pending, a.posted, a.forfeited, a.version) || ', transfers '
                   || concat_ws('/', f.drawn, f.pending, f.posted, f.forfeited, f.transfers), 0
            from account a full join fold f on f.account = a.key
            where a.key is null or a.drawn <> coalesce(f.drawn, 0) or a.pending <> coalesce(f.pending, 0)
               or a.posted <> coalesce(f.posted, 0) or a.forfeited <> coalesce(f.forfeited, 0)
               or a.version <> coalesce(f.transfers, 0) or a.version <> coalesce(f.last, 0)
            limit 100)
        union all (
            select 'history-differs', account, 'transfer ' || account_number || ' says ' || drawn_then || ', the sum is ' || summed, 0
            from history where summed <> drawn_then or place <> account_number limit 100)
        union all (
            select 'limit-passed', account, 'drawn ' || drawn_then || ', limit ' || limit_then, 0
            from transfer where kind = 'reserve' and drawn_then > limit_then limit 100)
        union all (
            select 'ended-twice', e.order_id::text, 'reservation ' || e.reservation || ' has ' || e.ends || ' ends of ' || e.gone, 0
            from ended e left join transfer r on r.order_id = e.order_id and r.number = e.reservation and r.kind = 'reserve'
            where r.order_id is null or e.ends > 1 or e.gone > r.amount or (e.ends = 1 and e.gone <> r.amount) limit 100)
        union all (
            select 'order-differs', coalesce(o.id, h.order_id)::text,
                   'the order says ' || coalesce(o.held_fen::text, 'nothing') || ', the ledger ' || coalesce(h.fen::text, 'nothing'), 0
            from orders o full join held h on h.order_id = o.id
            where o.id is null or o.held_fen <> coalesce(h.fen, 0) limit 100)
        union all (
            select 'state-holds', o.id::text, 'in the state ' || o.state || ' it still holds ' || h.most, 0
            from orders o join held h on h.order_id = o.id
            join unnest($1::text[], $2::integer[], $3::text[]) as s(programme_id, version, state)
              on s.programme_id = o.programme_id and s.version = o.programme_version and s.state = o.state
            where h.most > 0 limit 100)
        """)
}
