/// A server setting for a session.
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

/// Planner settings.
public enum PostgresPlans {
    /// For sessions that read a few rows by their keys, with one generic plan. The statistics of a growing table are always outdated, so
    /// that the planner often prefers scanning or hashing the whole table; and planning each execution costs more than it saves.
    public static let byKey = [
        PostgresSetting("enable_hashjoin", "off"), PostgresSetting("enable_mergejoin", "off"), PostgresSetting("enable_seqscan", "off"),
        PostgresSetting("enable_bitmapscan", "off"), PostgresSetting("enable_memoize", "off"),
        PostgresSetting("plan_cache_mode", "force_generic_plan"),
    ]

    /// Allows plans for whole tables in the rest of a transaction of such a session.
    public static let wide = PostgresStatement(
        "plans.wide",
        """
        select set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true),
               set_config('enable_seqscan', 'on', true), set_config('enable_bitmapscan', 'on', true),
               set_config('enable_memoize', 'on', true),
               set_config('plan_cache_mode', 'auto', true)
        """)
}
