/// How the server is to look for rows, for the transaction that the statement stands in.
public enum PostgresPlans {
    /// A few rows, by their keys. What the server knows of a table that is filling is always late, and by it reading or hashing all of the
    /// table often looks cheaper than it is.
    public static let byKey = PostgresStatement(
        "plans.by-key",
        """
        select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
               set_config('enable_seqscan', 'off', true)
        """)

    /// Whole tables, for what follows in a transaction that began otherwise.
    public static let wide = PostgresStatement(
        "plans.wide",
        """
        select set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true),
               set_config('enable_seqscan', 'on', true)
        """)
}
