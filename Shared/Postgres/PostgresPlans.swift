/// A setting of the server for a session.
public struct PostgresSetting: Sendable, Hashable {
    /// Its name in PostgreSQL's manual.
    public let name: String
    /// Its value.
    public let value: String

    /// A setting.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// How the server is to look for rows.
public enum PostgresPlans {
    /// For sessions that want a few rows, by their keys, with one plan for all values. What the server knows of a table that is filling is
    /// always late, and by it reading or hashing all of the table often looks cheaper than it is; and no plan for certain keys is worth
    /// making it anew each time.
    public static let byKey = [
        PostgresSetting("enable_hashjoin", "off"), PostgresSetting("enable_mergejoin", "off"), PostgresSetting("enable_seqscan", "off"),
        PostgresSetting("enable_bitmapscan", "off"), PostgresSetting("enable_memoize", "off"),
        PostgresSetting("plan_cache_mode", "force_generic_plan"),
    ]

    /// Whole tables, for what follows in a transaction of such a session.
    public static let wide = PostgresStatement(
        "plans.wide",
        """
        select set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true),
               set_config('enable_seqscan', 'on', true), set_config('enable_bitmapscan', 'on', true),
               set_config('enable_memoize', 'on', true),
               set_config('plan_cache_mode', 'auto', true)
        """)
}
