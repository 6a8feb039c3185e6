import Foundation
import Kernel
import Messages

/// The tables printed at the end of a season.
struct DemoTables {
    let report: DemoReport
    let tally: Tally
    let stored: StoredRecords
    let differences: Comparison

    var text: String {
        [funnel, money, refusals, durations, verdict].joined(separator: "\n\n") + "\n"
    }

    private var funnel: String {
        let states = Dictionary(grouping: stored.orders, by: \.state).mapValues(\.count)
        let rows: [(String, Int)] = [
            ("orders placed", report.orders.placed), ("  refused immediately", report.orders.refused),
            ("  refused by the credit check", states["refused"] ?? 0), ("  declined", report.orders.declined),
            ("  cancelled by the enterprise", states["cancelled"] ?? 0), ("  expired after 5 working days", report.orders.expired),
            ("accepted", report.orders.accepted), ("  without a contract in time", states["lapsed"] ?? 0),
            ("contracts recorded", tally.done(.contract)), ("  confirmed by the enterprise", tally.done(.confirmContract)),
            ("completion confirmed", report.orders.completed),
            ("services rated", tally.done(.rate)), ("applications for redemption", tally.done(.apply)),
            ("  waived", stored.redemptions.count { $0.state == "waived" }),
            ("  refused", stored.redemptions.count { $0.state == "refused" }),
            ("  objected to", tally.done(.object)), ("redemptions approved", stored.redemptions.count { $0.state == "approved" }),
            ("paid", stored.disbursements.count { $0.state == "paid" || $0.state == "returned" }),
            ("  at the second attempt or later", stored.disbursements.count { $0.attempt > 1 }),
            ("  returned afterwards", stored.disbursements.count { $0.state == "returned" }),
        ]
        return "THE SEASON\n" + rows.map { "  \(Self.padded($0.0, 34))\(Self.right("\($0.1)", 8))" }.joined(separator: "\n")
    }

    private var money: String {
        let money = report.moneyFen
        let rows = [
            ("budget", money.budget), ("reserved by orders", money.reserved), ("released", money.released),
            ("redeemed", money.redeemed), ("paid", money.paid), ("returned", money.returned),
        ]
        return "MONEY (yuan)\n"
            + rows.map { "  \(Self.padded($0.0, 34))\(Self.right(Self.yuan($0.1), 18))" }.joined(separator: "\n")
    }

    private var refusals: String {
        let rows = report.refusals.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        return "REFUSALS BY CLAUSE\n"
            + rows.map { slug, refused in
                "  \(Self.padded(slug, 34))\(Self.right("\(refused.count)", 8))  \(refused.clauses.joined(separator: " "))"
            }.joined(separator: "\n")
    }

    private var durations: String {
        let kinds = SeasonAction.Kind.allCases.filter { tally.milliseconds[$0] != nil }
        return "HOW LONG EACH STEP TOOK, FROM REQUEST TO ANSWER (ms)\n  \(Self.padded("step", 20))   count  median     p99\n"
            + kinds.map { kind in
                let all = (tally.milliseconds[kind] ?? []).sorted()
                let median = all[all.count / 2]
                let late = all[min(all.count - 1, all.count * 99 / 100)]
                return
                    "  \(Self.padded("\(kind)", 20))\(Self.right("\(all.count)", 8))\(Self.right("\(median)", 8))\(Self.right("\(late)", 8))"
            }.joined(separator: "\n")
            + "\n  the clock was advanced \(tally.clockMoves) times, which took \(tally.clockTook.components.seconds) s in total"
    }

    private var verdict: String {
        let all =
            differences.lost.map { "lost: " + $0 } + differences.duplicated.map { "duplicated: " + $0 }
            + differences.stuck.map { "stuck: " + $0 }
        let shown = all.prefix(20).map { "  " + $0 }.joined(separator: "\n")
        let sum = """
            COMPARISON OF THREE SOURCES: the requests and answers, the databases, the bank's statement
              lost \(report.lost)   duplicated \(report.duplicated)   stuck \(report.stuck)   ledger \(report.ledgerOK ? "consistent" : "INCONSISTENT")   audit \
            \(report.auditOK ? "intact" : "BROKEN")
              \(report.orders.placed + report.orders.refused) orders in \(String(format: "%.1f", report.seconds)) s, at most \(report.contention.maxInFlight) requests at once, \(report.contention.lockWaits) waits for locks
            """
        return all.isEmpty ? sum : sum + "\n" + shown + (all.count > 20 ? "\n  … and \(all.count - 20) more" : "")
    }

    private static func yuan(_ fen: Int64) -> String {
        let whole = String(abs(fen) / 100)
        var grouped = ""
        for (index, digit) in whole.reversed().enumerated() {
            if index > 0, index % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        let cents = abs(fen) % 100
        return (fen < 0 ? "-" : "") + String(grouped.reversed()) + "." + (cents < 10 ? "0\(cents)" : "\(cents)")
    }

    private static func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(1, width - text.count)) }
    private static func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
}
