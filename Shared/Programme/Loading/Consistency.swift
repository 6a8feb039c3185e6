import Kernel

/// Consistency checks between the parts of a programme, besides references.
extension Programme {
    func checkConsistency(_ log: FaultLog) {
        for procedure in procedures { procedure.check(log) }
        checkCauses(log)
        SupplyChecks(self).check(log)
        checkCaps(log)
        checkTiers(log)
        checkWindows(log)
        for rule in rules where rule.steps.isEmpty {
            log.error(
                rule.citation.place, "the rule \(rule.id) is checked at no step", "Write `at:` with its steps, like [order.place]"
            )
        }
    }

    /// Warnings for parts that are valid but probably not intended.
    func warnOfIdleParts(_ log: FaultLog) {
        for form in forms where form.steps.isEmpty {
            log.warning(form.citation.place, "the form \(form.id) is filled in at no step", "Write `at:` with the steps it is for")
        }
        for document in documents where document.steps.isEmpty {
            log.warning(
                document.citation.place, "the document \(document.id) is handed in at no step", "Write `at:` with the steps it is for")
        }
        for procedure in procedures {
            for step in procedure.steps where step.ledger.contains(where: { $0.kind == .reserve }) {
                let reference = StepReference(procedure.id, step.id)
                guard !caps.contains(where: { $0.reservedAt.contains(reference) }) else { continue }
                log.warning(step.citation.place, "the step \(reference) reserves, and no cap names it", "Write it under a cap's reservedAt")
            }
        }
    }

    private func checkCaps(_ log: FaultLog) {
        for cap in caps {
            for reference in cap.reservedAt where !(step(reference)?.ledger.contains { $0.kind == .reserve } ?? false) {
                log.error(
                    cap.citation.place, "the cap \(cap.id) is reserved at \(reference), a step that reserves nothing",
                    "Write `ledger: reserve` at the step, or name another step")
            }
            if case .share(_, let of) = cap.limit, !isFixed(of, unit: cap.unit) {
                log.error(
                    cap.citation.place, "the cap \(cap.id) is a share of \(of), whose limit is not a fixed one in the same unit",
                    "Name a cap with limitYuan, limitFen or limitVouchers")
            }
            if cap.limit == .tier, cap.account != .enterpriseYear || cap.unit != .fen {
                log.error(
                    cap.citation.place, "the cap \(cap.id) has the tier's quota, and tiers are for enterprises, in fen",
                    "Take the account enterprise-year in fen, or another limit")
            }
        }
    }

    private func isFixed(_ id: String, unit: Cap.Unit) -> Bool {
        guard let other = cap(id), case .fixed = other.limit else { return false }
        return other.unit == unit
    }

    private func checkTiers(_ log: FaultLog) {
        guard let last = tiers.last else {
            log.error(citation.place, "the programme has no tier", "Write one default tier without lists")
            return
        }
        if !last.lists.isEmpty || !last.beneficiaries.isEmpty {
            log.error(last.citation.place, "the last tier is not the default tier", "Put a tier without lists and beneficiaries at the end")
        }
        for tier in tiers.dropLast() where tier.lists.isEmpty && tier.beneficiaries.isEmpty {
            log.error(tier.citation.place, "the tier \(tier.id) is a default tier, but it is not the last", "Put it last")
        }
    }

    /// Faults for windows that depend on themselves, directly or through others.
    private func checkWindows(_ log: FaultLog) {
        for window in windows {
            var seen: Set<String> = [window.id]
            var next = window.dependsOn
            while let name = next.popLast() {
                if name == window.id {
                    log.error(window.citation.place, "the window \(window.id) depends on itself", "Give one of the windows a fixed day")
                    break
                }
                if seen.insert(name).inserted { next += self.window(name)?.dependsOn ?? [] }
            }
        }
    }
}

extension Window {
    fileprivate var dependsOn: [String] {
        [opens, closes].compactMap { edge in
            guard case .after(let window, _, _) = edge else { return nil }
            return window
        }
    }
}

extension Procedure {
    func check(_ log: FaultLog) {
        let reached = reachedStates
        for step in steps where !step.from.contains(where: reached.contains) {
            log.error(
                step.citation.place, "the step \(id).\(step.id) is unreachable: nothing leads to \(step.from.joined(separator: ", "))",
                "Let a step or a lapse lead there, or remove the step")
        }
        for state in states where !reached.contains(state.id) {
            log.error(state.place, "the state \(id).\(state.id) is unreachable", "Let a step or a lapse lead there, or remove it")
        }
        for state in states where !state.isFinal && reached.contains(state.id) && !isLeft(state.id) {
            log.error(
                state.place, "no step or deadline leaves \(id).\(state.id)", "Write a step or a deadline that leaves it, or `final: true`")
        }
        for deadline in deadlines { check(deadline, log) }
    }

    private func check(_ deadline: DeadlineRule, _ log: FaultLog) {
        if deadline.states.contains(deadline.lapse.to) {
            log.error(
                deadline.citation.place, "the deadline \(id).\(deadline.id) lapses into \(deadline.lapse.to), where it would lapse again",
                "Let it lead to another state")
        }
        if deadline.whileAway == nil, canComeBack(to: deadline) {
            log.error(
                deadline.citation.place,
                "the states of the deadline \(id).\(deadline.id) can be left and entered again, and it does not say what happens meanwhile",
                "Write `whileAway: pauses`, or `whileAway: runs` where the days elsewhere count")
        }
    }

    private func isLeft(_ state: String) -> Bool {
        steps.contains { $0.from.contains(state) && $0.to != nil && $0.to != state } || deadlines.contains { $0.states.contains(state) }
    }

    /// The states reachable by steps and lapses, including the start.
    var reachedStates: Set<String> {
        var reached: Set<String> = [Procedure.start]
        var grew = true
        while grew {
            let before = reached.count
            for step in steps where step.from.contains(where: reached.contains) { step.to.map { _ = reached.insert($0) } }
            for deadline in deadlines where deadline.states.contains(where: reached.contains) { reached.insert(deadline.lapse.to) }
            grew = reached.count > before
        }
        return reached
    }
}
