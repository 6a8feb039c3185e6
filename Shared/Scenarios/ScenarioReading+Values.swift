import Foundation
import Kernel
import Programme
import Yams

extension ScenarioReading {
    /// The fields of a map, `{order.voucher: 3000.00}`.
    func facts(_ entry: Entry?) throws(ScenarioFault) -> [(FieldName, ScenarioValue)] {
        var facts: [(FieldName, ScenarioValue)] = []
        for (key, value) in try entry?.pairs() ?? [] {
            guard let field = FieldName(key) else { throw value.fault("\"\(key)\" is no field; write it as contract.total") }
            facts.append((field, try self.value(value, of: field)))
        }
        return facts
    }

    func value(_ entry: Entry, of field: FieldName) throws(ScenarioFault) -> ScenarioValue {
        if let text = entry.node.scalar?.string {
            if text == "today" { return .today }
            let words = text.split(separator: " ")
            if words.count == 4, words[0] == "value", words[1] == "of", let other = FieldName(String(words[3])) {
                return .field(other, of: String(words[2]))
            }
        }
        guard let type = programme.type(of: field) else { throw entry.fault("the programme has no field \(field)") }
        return .fact(try fact(entry, type))
    }

    func fact(_ entry: Entry, _ type: FieldType) throws(ScenarioFault) -> FactValue {
        switch type {
        case .text: return .text(try text(entry))
        case .names: return .names(Set(entry.node.sequence?.isEmpty == true ? [] : try entry.texts()))
        case .count, .rows, .files: return .count(try entry.integer())
        case .amount: return .amount(Fen(try fen(entry)))
        case .date: return .date(try entry.date())
        case .flag: return .flag(try entry.flag())
        case .records:
            var records: [DatedRecord] = []
            for item in entry.node.sequence?.isEmpty == true ? [] : entry.items {
                try item.allow(["kind", "on"])
                records.append(DatedRecord(kind: try item.required("kind").text(), on: try item.required("on").date()))
            }
            return .records(records)
        }
    }

    /// A text; `{text: 情况, characters: 2000}` repeats a text up to a length.
    func text(_ entry: Entry) throws(ScenarioFault) -> String {
        guard entry.node.mapping != nil else { return try entry.text() }
        try entry.allow(["text", "characters"])
        let (text, length) = (try entry.required("text").text(), try entry.required("characters").integer())
        guard !text.isEmpty, (0...100_000).contains(length) else { throw entry.fault("a length is 0 to 100,000 characters") }
        return String(String(repeating: text, count: Int(length) / text.count + 1).prefix(Int(length)))
    }

    func fen(_ entry: Entry) throws(ScenarioFault) -> Int64 {
        switch Arithmetic.fen(try entry.text()) {
        case .success(let fen): return fen
        case .failure(let mistake): throw entry.fault(mistake.text)
        }
    }

    func check(_ entry: Entry) throws(ScenarioFault) -> ScenarioCheck {
        func make(_ kind: ScenarioCheck.Kind) -> ScenarioCheck { ScenarioCheck(kind: kind, place: entry.place) }
        if let cap = entry["cap"] {
            let name = try cap.text()
            let sides = LedgerSide.allCases.map(\.rawValue)
            try entry.allow(["cap", "of"] + sides)
            guard let known = programme.cap(name) else { throw cap.fault("the programme has no cap \(name)") }
            var amounts: [(LedgerSide, Int64)] = []
            for side in LedgerSide.allCases {
                guard let value = entry[side.rawValue] else { continue }
                amounts.append((side, known.unit == .fen ? try fen(value) : try value.integer()))
            }
            return make(.cap(name, of: try entry["of"]?.text(), amounts: amounts))
        }
        if let reminded = entry["reminded"] {
            try entry.allow(["reminded", "case", "deadline", "at"])
            return make(
                .reminded(
                    try entry.required("case").text(), deadline: try entry.required("deadline").text(),
                    to: reminded.node.sequence?.isEmpty == true ? [] : try reminded.texts(), at: try entry["at"]?.instant()))
        }
        if let reader = entry["reader"] {
            try entry.allow(["reader", "case", "visible", "steps"])
            return make(
                .shows(
                    reader: try reader.text(), of: try entry.required("case").text(), isVisible: try entry["visible"]?.flag() ?? true,
                    steps: try entry["steps"].map { (list) throws(ScenarioFault) in
                        list.node.sequence?.isEmpty == true ? [] : try list.texts()
                    }))
        }
        if let rule = entry["prefers"] {
            try entry.allow(["prefers", "met"])
            return make(.prefers(rule: try rule.text(), isMet: try entry.required("met").flag()))
        }
        if let procedure = entry["count"] {
            try entry.allow(["count", "is"])
            return make(.count(procedure: try procedure.text(), Int(try entry.required("is").integer())))
        }
        if let published = entry["published"] { return make(.published(try facts(published))) }
        if let because = entry["because"] {
            try entry.allow(["case", "because"])
            return make(.because(try entry.required("case").text(), slugs: try because.texts()))
        }
        try entry.allow(["case", "state", "fields", "unknown", "due"])
        var fields: [(FieldName, ScenarioValue?)] = try facts(entry["fields"]).map { ($0.0, $0.1) }
        for name in try entry["unknown"]?.texts() ?? [] {
            guard let field = FieldName(name) else { throw entry.fault("\"\(name)\" is no field") }
            fields.append((field, nil))
        }
        var due: [(String, Date?)] = []
        for (deadline, value) in try entry["due"]?.pairs() ?? [] {
            due.append((deadline, try value.text() == "never" ? nil : try value.instant()))
        }
        return make(.subject(try entry.required("case").text(), state: try entry["state"]?.text(), fields: fields, due: due))
    }
}
