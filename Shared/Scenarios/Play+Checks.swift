import Foundation
import Kernel
import Procedures
import Programme
import QuotaLedger

extension Play {
    mutating func verify(_ check: ScenarioCheck) {
        for (found, expected) in comparisons(check) where found != expected {
            differences.append("\(check.place): found \(found); expected \(expected)")
        }
    }

    private func comparisons(_ check: ScenarioCheck) -> [(String, String)] {
        switch check.kind {
        case .subject(let name, let state, let fields, let due): return comparisons(name, state, fields, due)
        case .because(let name, let slugs):
            let found = host.lastChange(of: id(name))?.insteadOf.map(\.slug) ?? []
            return [
                (
                    "\(name) because of \(found.sorted().joined(separator: ", "))",
                    "\(name) because of \(slugs.sorted().joined(separator: ", "))"
                )
            ]
        case .cap(let cap, let owner, let amounts): return amounts.map { comparison(cap, owner, $0.side, $0.value) }
        case .reminded(let name, let deadline, let to, let at):
            let found = host.notices.filter { $0.id == id(name) && $0.deadline.step == deadline && (at == nil || $0.at == at) }
            return [(Set(found.flatMap(\.to)).sorted().joined(separator: ","), to.sorted().joined(separator: ","))]
        case .shows(let reader, let name, let isVisible, let steps):
            guard let subject = subject(name) else { return [("there is no case \(name)", "a case")] }
            let actor = actor(reader)
            let isSeen = host.isVisible(subject, to: actor)
            var result = [("\(name) visible: \(isSeen)", "\(name) visible: \(isVisible)")]
            if let steps, isVisible {
                let possible = host.steps(of: subject.id, for: actor).map(\.id).sorted()
                result.append((possible.joined(separator: ","), steps.sorted().joined(separator: ",")))
            }
            return result
        case .prefers(let rule, let isMet):
            return [(preferences[rule].map { "\(rule) \($0)" } ?? "\(rule) not asked", "\(rule) \(isMet)")]
        case .count(let procedure, let number):
            return [("\(host.cases(of: procedure).count) \(procedure)", "\(number) \(procedure)")]
        case .published(let fields):
            return fields.map { field, value in
                (Self.text(field, published[field]), Self.text(field, self.value(value, "")))
            }
        }
    }

    private func comparisons(
        _ name: String, _ state: String?, _ fields: [(FieldName, ScenarioValue?)], _ due: [(deadline: String, at: Date?)]
    ) -> [(String, String)] {
        guard let subject = subject(name) else { return [("there is no case \(name)", "a case")] }
        var result: [(String, String)] = []
        if let state { result.append(("\(name) \(subject.state)", "\(name) \(state)")) }
        let known = host.known(about: subject.id)
        for (field, value) in fields {
            result.append((Self.text(field, known[field]), Self.text(field, value.flatMap { self.value($0, name) })))
        }
        let running = host.running(subject.id)
        for (deadline, at) in due {
            let found = running.first { $0.rule.id == deadline }?.at
            result.append(("\(deadline) \(Self.text(found))", "\(deadline) \(Self.text(at))"))
        }
        return result
    }

    private func comparison(_ cap: String, _ owner: String?, _ side: LedgerSide, _ expected: Int64) -> (String, String) {
        let key = owner.map { owner in
            (scenario.cast.organisations[owner] == nil ? id(owner) : Self.id("organisation", owner)).uuidString.lowercased()
        }
        let accounts = host.ledger.accounts.values.filter { account in
            account.cap == cap && (key.map { account.key.text.hasSuffix($0) } ?? true)
        }
        let found = accounts.reduce(Int64(0)) { sum, account in
            switch side {
            case .held: sum + account.pending
            case .posted: sum + account.posted
            case .forfeited: sum + account.forfeited
            case .left: sum + account.left
            case .limit: sum + account.limit
            }
        }
        func text(_ amount: Int64) -> String {
            "\(cap) \(side.rawValue) \(host.programme.cap(cap)?.unit == .fen ? Fen(amount).description : "\(amount)")"
        }
        return (text(found), text(expected))
    }

    private static func text(_ field: FieldName, _ value: FactValue?) -> String { "\(field) \(value.map(\.plainText) ?? "unknown")" }

    private static func text(_ instant: Date?) -> String {
        guard let instant, let day = try? BeijingTime.date(at: instant) else { return "never" }
        let seconds = Int(instant.timeIntervalSince(BeijingTime.startOfDay(day)))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day) \(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }
}
