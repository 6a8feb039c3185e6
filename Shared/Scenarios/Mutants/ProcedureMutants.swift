import Kernel
import Programme

extension MutantMaker {
    mutating func makeProcedureMutants() {
        for (index, procedure) in programme.procedures.enumerated() {
            for (place, step) in procedure.steps.enumerated() { makeMutants(of: step, procedure, index, place) }
            for (place, deadline) in procedure.deadlines.enumerated() { makeMutants(of: deadline, procedure, index, place) }
            for (own, _) in procedure.keeps.sorted(by: { $0.key < $1.key }) {
                add("procedures.\(procedure.id).keeps", "without \(own)", programme.citation, owners: [procedure.owner]) {
                    $0.procedures[index].keeps[own] = nil
                }
            }
        }
    }

    private mutating func makeMutants(of step: Step, _ procedure: Procedure, _ index: Int, _ place: Int) {
        let path = "procedures.\(procedure.id).\(step.id)"
        func change(_ what: String, _ change: @escaping (inout Step) -> Void) {
            add(path, what, step.citation, owners: [procedure.owner]) { change(&$0.procedures[index].steps[place]) }
        }
        add(path, "dropped", step.citation, owners: [procedure.owner]) { $0.procedures[index].steps.remove(at: place) }
        if step.cause == nil {
            for (role, name) in step.by.enumerated() where name != "platform" {
                change("without the role \(name)") { $0.by.remove(at: role) }
            }
        }
        for (state, name) in step.from.enumerated() where step.from.count > 1 {
            change("not from \(name)") { $0.from.remove(at: state) }
        }
        if step.window != nil { change("without its window") { $0.window = nil } }
        for (need, value) in step.needs.enumerated() {
            change("without the need of \(value.procedure)") { $0.needs.remove(at: need) }
            for (state, name) in value.states.enumerated() where value.states.count > 1 {
                change("the need of \(value.procedure) without \(name)") { $0.needs[need].states.remove(at: state) }
            }
        }
        if case .needs(let needs, let windows)? = step.cause {
            for (need, value) in needs.enumerated() {
                for (state, name) in value.states.enumerated() where value.states.count > 1 {
                    change("caused without \(value.procedure) in \(name)") {
                        var fewer = needs
                        fewer[need].states.remove(at: state)
                        $0.cause = .needs(fewer, windows: windows)
                    }
                }
            }
            for window in windows.indices {
                change("caused without its window") { $0.cause = .needs(needs, windows: windows.without(window)) }
            }
        }
        for (effect, value) in step.ledger.enumerated() {
            change("without the effect \(value.kind.rawValue)") { $0.ledger.remove(at: effect) }
            if let other = value.kind.other {
                change("\(other.rawValue) in place of \(value.kind.rawValue)") { $0.ledger[effect].kind = other }
            }
        }
        for (field, name) in step.publishes.enumerated() { change("does not publish \(name)") { $0.publishes.remove(at: field) } }
        for (capability, name) in step.uses.enumerated() { change("does not use \(name.rawValue)") { $0.uses.remove(at: capability) } }
        if step.needsReason { change("without a reason") { $0.needsReason = false } }
        if step.notBySameAs != nil { change("by the same person") { $0.notBySameAs = nil } }
        if step.otherwise != nil { change("without `otherwise`") { $0.otherwise = nil } }
        for (link, name) in step.also.enumerated() { change("without the link \(name)") { $0.also.remove(at: link) } }
    }

    private mutating func makeMutants(of deadline: DeadlineRule, _ procedure: Procedure, _ index: Int, _ place: Int) {
        let path = "procedures.\(procedure.id).\(deadline.id)"
        func change(_ what: String, _ change: @escaping (inout DeadlineRule) -> Void) {
            add(path, what, deadline.citation, owners: [procedure.owner]) { change(&$0.procedures[index].deadlines[place]) }
        }
        add(path, "dropped", deadline.citation, owners: [procedure.owner]) { $0.procedures[index].deadlines.remove(at: place) }
        for (what, length) in deadline.length.neighbours { change(what) { $0.length = length } }
        for (state, name) in deadline.states.enumerated() where deadline.states.count > 1 {
            change("not in \(name)") { $0.states.remove(at: state) }
        }
        if procedure.canComeBack(to: deadline) {
            change(deadline.whileAway == .pauses ? "runs on" : "pauses") { $0.whileAway = deadline.whileAway == .pauses ? .runs : .pauses }
        }
        for (effect, value) in deadline.lapse.ledger.enumerated() {
            change("without the effect \(value.kind.rawValue)") { $0.lapse.ledger.remove(at: effect) }
            if let other = value.kind.other {
                change("\(other.rawValue) in place of \(value.kind.rawValue)") { $0.lapse.ledger[effect].kind = other }
            }
        }
        for (reminder, value) in deadline.reminders.enumerated() {
            change("without the reminder") { $0.reminders.remove(at: reminder) }
            for days in [value.calendarDaysBefore + 1, value.calendarDaysBefore - 1] where days > 0 {
                change("reminded \(days) days before") { $0.reminders[reminder].calendarDaysBefore = days }
            }
        }
    }
}

extension DeadlineRule.Length {
    fileprivate var neighbours: [(String, DeadlineRule.Length)] {
        func each(_ number: Int, _ unit: String, _ make: (Int) -> DeadlineRule.Length) -> [(String, DeadlineRule.Length)] {
            [number + 1, number - 1].filter { $0 > 0 }.map { ("\($0) \(unit)", make($0)) }
        }
        switch self {
        case .hours(let hours): return each(hours, "hours") { .hours($0) }
        case .calendarDays(let days): return each(days, "calendar days") { .calendarDays($0) }
        case .workingDays(let days): return each(days, "working days") { .workingDays($0) }
        case .months(let months): return each(months, "months") { .months($0) }
        case .field(let field, let most): return each(most, "days at most") { .field(field, most: $0) }
        case .windowCloses, .yearly: return []
        }
    }
}

extension LedgerEffect.Kind {
    /// The effect that is most easily taken for it.
    fileprivate var other: LedgerEffect.Kind? {
        switch self {
        case .release: .forfeit
        case .forfeit: .release
        case .post: .release
        case .postWhole: .post
        case .returnFunds: .release
        case .reserve, .restate: nil
        }
    }
}
