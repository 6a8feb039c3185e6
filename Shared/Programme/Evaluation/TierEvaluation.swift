extension Programme {
    /// The tier of an enterprise: the first in the file's order that matches one of its lists; otherwise the last.
    public func tier(lists: Set<String>, beneficiary: String) -> Tier? {
        tiers.first { tier in
            (tier.lists.isEmpty || !lists.isDisjoint(with: tier.lists))
                && (tier.beneficiaries.isEmpty || tier.beneficiaries.contains(beneficiary))
        } ?? tiers.last
    }

    /// The tier of an enterprise, which has its yearly quota.
    public func tier(of enterprise: EnterpriseFacts) -> Tier? {
        tier(lists: enterprise.lists ?? [], beneficiary: enterprise.beneficiary)
    }
}
