/// How the server is to look for rows, for the transaction that the statement stands in.
public enum PostgresPlans {
    /// A few rows, by their keys, with one plan for all values. What the server knows of a table that is filling is always late, and by it
    /// reading or hashing all of the table often looks cheaper than it is; and no plan for certain keys is worth making it anew each time.
    public static let byKey = PostgresStatement(
        "plans.by-key",
        """
        select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
               set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
               set_config('plan_cache_mode', 'force_generic_plan', true)
        """)

    /// Whole tables, for what follows in a transaction that began otherwise.
    public static let wide = PostgresStatement(
        "plans.wide",
        """
        select set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true),
               set_config('enable_seqscan', 'on', true), set_config('enable_bitmapscan', 'on', true),
               set_config('plan_cache_mode', 'auto', true)
        """)
}
