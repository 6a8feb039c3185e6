import Access

extension Principal {
    /// Whether it may read what is every enterprise's and every institution's.
    var mayReadAll: Bool { roles.contains("officer") || roles.contains("reviewer") }
}
