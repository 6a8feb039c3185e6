import Foundation
import Programme
import Testing

@Suite("Kinds of rule")
struct KindTests {
    /// Every kind of condition in the four programmes, with the clauses that use it.
    private func uses() throws -> [String: Set<String>] {
        var uses: [String: Set<String>] = [:]
        func use(_ kind: String, _ citation: Citation) { uses[kind, default: []].formUnion(citation.clauses) }
        let samples = try ["beijing-2024", "guangzhou-2020", "hangzhou-2026"].map { try Files.sample($0).programme }
        for programme in [try Files.beijing2026().programme] + samples {
            for rule in programme.rules {
                let conditions = rule.condition.withParts + (rule.when?.withParts ?? [])
                for condition in conditions { use("condition \(condition.kind.rawValue)", rule.citation) }
                if rule.effect == .prefer { use("effect prefer", rule.citation) }
                if !rule.excusableBy.isEmpty { use("rule excusableBy", rule.citation) }
            }
            for document in programme.documents {
                guard case .when(let condition) = document.need else { continue }
                for part in condition.withParts { use("condition \(part.kind.rawValue)", document.citation) }
            }
            for cap in programme.caps {
                use("account \(cap.account.rawValue)", cap.citation)
                if case .share = cap.limit { use("limit limitShare", cap.citation) }
            }
            if let ceiling = programme.subsidy.ceiling { use("subsidy ceiling", ceiling.citation) }
            if let averaging = programme.subsidy.averaging { use("subsidy averaging", averaging.citation) }
            if let units = programme.subsidy.units { use("subsidy units", units.citation) }
            if let allocation = programme.allocation { use("allocation \(allocation.mode.rawValue)", allocation.citation) }
            use("base \(programme.subsidy.base.rawValue)", programme.subsidy.citation)
            use("expected \(programme.subsidy.expected.rawValue)", programme.subsidy.expectedCitation)
            use("route \(programme.payout.route.rawValue)", programme.payout.citation)
            for procedure in programme.procedures { procedureUses(procedure, use) }
        }
        return uses
    }

    private func procedureUses(_ procedure: Procedure, _ use: (String, Citation) -> Void) {
        for step in procedure.steps {
            for effect in step.ledger { use("ledger \(effect.kind.rawValue)", step.citation) }
        }
        for deadline in procedure.deadlines {
            for effect in deadline.lapse.ledger { use("ledger \(effect.kind.rawValue)", deadline.citation) }
            switch deadline.length {
            case .hours: use("deadline hours", deadline.citation)
            case .calendarDays: use("deadline calendarDays", deadline.citation)
            case .workingDays: use("deadline workingDays", deadline.citation)
            case .windowCloses: use("deadline untilWindowCloses", deadline.citation)
            case .months: use("deadline months", deadline.citation)
            case .field: use("deadline daysOfField", deadline.citation)
            case .yearly: use("deadline yearly", deadline.citation)
            }
        }
    }

    @Test("the decision record justifies exactly the kinds used by only one clause")
    func decided() throws {
        let record = try Files.text(Files.root.appending(path: "docs/decisions/0014-kinds-of-one-clause.md")).text
        let alone = try uses().filter { $0.value.count == 1 }
        for (kind, clauses) in alone {
            let words = kind.split(separator: " ")
            let row = "| \(words[0]) `\(words[1])` | \(clauses.first ?? "") |"
            #expect(record.contains(row), "\(row)")
        }
        #expect(record.split(separator: "\n").count { $0.hasPrefix("| ") } == alone.count + 2)
    }

    @Test("the authors' guide names every kind of condition")
    func guide() throws {
        let guide = try Files.text(Files.root.appending(path: "docs/programmes.md")).text
        for kind in ConditionKind.allCases { #expect(guide.contains("`\(kind.rawValue)`"), "\(kind.rawValue)") }
        for effect in LedgerEffect.Kind.allCases { #expect(guide.contains("`\(effect.rawValue)`"), "\(effect.rawValue)") }
        for account in Cap.Account.allCases { #expect(guide.contains(account.rawValue), "\(account.rawValue)") }
    }

    /// Words of specific cities must not occur in the code.
    @Test("the code is not specific to any city")
    func noCity() throws {
        let folder = Files.root.appending(path: "Shared/Programme")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try Files.text(file).text.split(separator: "\n").filter { !$0.contains("///") }.joined(separator: "\n")
            for word in ["beijing-20", "guangzhou", "hangzhou", "北京市", "广州", "杭州"] {
                #expect(!text.contains(word), "\(file.lastPathComponent) \(word)")
            }
        }
    }
}
