extension Programme {
    /// The tier of an enterprise: the first, in the file's order, that one of its lists puts it into; otherwise the last.
    public func tier(lists: Set<String>, beneficiary: String) -> Tier? {
        tiers.first { tier in
            (tier.lists.isEmpty || !lists.isDisjoint(with: tier.lists))
                && (tier.beneficiaries.isEmpty || tier.beneficiaries.contains(beneficiary))
        } ?? tiers.last
    }

    /// The tier of an enterprise, and with it what it may use in a year.
    public func tier(of enterprise: EnterpriseFacts) -> Tier? {
        tier(lists: enterprise.lists ?? [], beneficiary: enterprise.beneficiary)
    }
}
