import Kernel
import Programme

extension MutantMaker {
    mutating func makeMoneyMutants() {
        for (index, cap) in programme.caps.enumerated() {
            let owners = owners(of: cap.reservedAt)
            let path = "caps.\(cap.id)"
            add(path, "dropped", cap.citation, owners: owners) { $0.caps.remove(at: index) }
            if case .fixed(let limit) = cap.limit {
                for (what, step) in [("one unit more", Int64(1)), ("one unit less", -1)] {
                    add(path, what, cap.citation, owners: owners) { $0.caps[index].limit = .fixed(limit + step) }
                }
            }
            for (place, reference) in cap.reservedAt.enumerated() where cap.reservedAt.count > 1 {
                add(path, "not reserved at \(reference)", cap.citation, owners: self.owners(of: [reference])) {
                    $0.caps[index].reservedAt.remove(at: place)
                }
            }
        }
        let tierOwners = owners(of: programme.caps.filter { $0.limit == .tier }.flatMap(\.reservedAt))
        for (index, tier) in programme.tiers.enumerated() {
            for (what, step) in [("one fen more", Int64(1)), ("one fen less", -1)] {
                add("tiers.\(tier.id)", what, tier.citation, owners: tierOwners) {
                    $0.tiers[index].quota = Fen(tier.quota.rawValue + step)
                }
            }
            if programme.tiers.count > 1 {
                add("tiers.\(tier.id)", "dropped", tier.citation, owners: tierOwners) { $0.tiers.remove(at: index) }
            }
        }
        makeSubsidyMutants()
    }

    private mutating func makeSubsidyMutants() {
        let subsidy = programme.subsidy
        let users: Set<Capability> = [.expectedVoucher, .contractVoucher, .calculatedSubsidy, .determinedAmount]
        let owners = Set(programme.procedures.filter { $0.steps.contains { !users.isDisjoint(with: $0.uses) } }.map(\.owner))
        for (what, step) in [("one basis point more", Int64(1)), ("one basis point less", -1)] {
            guard let share = try? BasisPoints(subsidy.share.rawValue + step) else { continue }
            add("subsidy.share", what, subsidy.citation, owners: owners) { $0.subsidy.share = share }
        }
        if let averaging = subsidy.averaging {
            add("subsidy.averaging", "dropped", averaging.citation, owners: owners) { $0.subsidy.averaging = nil }
            for months in [averaging.months + 1, averaging.months - 1] {
                add("subsidy.averaging", "\(months) months", averaging.citation, owners: owners) { $0.subsidy.averaging?.months = months }
            }
        }
        if let units = subsidy.units {
            add("subsidy.units", "dropped", units.citation, owners: owners) { $0.subsidy.units = nil }
            add("subsidy.units", "\(units.most + 1)", units.citation, owners: owners) { $0.subsidy.units?.most = units.most + 1 }
        }
        if let ceiling = subsidy.ceiling {
            add("subsidy.ceiling", "dropped", ceiling.citation, owners: owners) { $0.subsidy.ceiling = nil }
            for (what, step) in [("one fen more", Int64(1)), ("one fen less", -1)] {
                add("subsidy.ceiling", what, ceiling.citation, owners: owners) {
                    $0.subsidy.ceiling?.amount = Fen(ceiling.amount.rawValue + step)
                }
            }
        }
        for expected in Subsidy.Expected.allCases {
            add("subsidy.expected", "by \(expected.rawValue)", subsidy.expectedCitation, owners: owners) { $0.subsidy.expected = expected }
        }
        for dearer in Subsidy.Dearer.allCases {
            add("subsidy.dearer", dearer.rawValue, subsidy.expectedCitation, owners: owners) { $0.subsidy.dearer = dearer }
        }
        for base in Subsidy.Base.allCases {
            add("subsidy.base", base.rawValue, subsidy.citation, owners: owners) { $0.subsidy.base = base }
        }
    }
}
