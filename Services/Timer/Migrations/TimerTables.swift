import ServiceHost

/// The tables of `timer`.
enum TimerTables {
    static let migrations = MigrationSet("timer", [Migration(1, "baseline", sql: timer + "\n" + rehearsalClock)])

    /// All tables as one script, for tests.
    static let sql = migrations.migrations.map(\.sql).joined(separator: ";\n")

    /// `fires_at` is null while the timer is provisional: then `working_days` and `counts_from` hold its rule, and `missing_year` the year
    /// that the calendar lacks. The rule is kept after it has been resolved.
    private static let timer = """
        create table timer (
            owner text not null,
            name text not null,
            subject text not null,
            purpose text not null,
            state text not null check (state in ('waiting', 'provisional', 'fired', 'cancelled')),
            due_at timestamptz,
            grace_seconds integer not null check (grace_seconds >= 0),
            fires_at timestamptz,
            working_days integer check (working_days > 0),
            counts_from timestamptz,
            missing_year integer,
            fired_at timestamptz,
            changed_at timestamptz not null default clock_timestamp(),
            primary key (owner, name),
            check ((state = 'provisional') = (due_at is null) or state = 'cancelled'),
            check ((due_at is null) = (fires_at is null)),
            check (due_at is not null or (working_days is not null and counts_from is not null and missing_year is not null))
        ) with (fillfactor = 80);
        create index timer_fires_at on timer (fires_at, owner, name) where state = 'waiting';
        create index timer_missing_year on timer (missing_year, owner, name) where state = 'provisional';
        create index timer_over on timer (changed_at) where state in ('fired', 'cancelled');
        """

    /// One row in a rehearsal, none elsewhere: the row marks the installation as a rehearsal.
    private static let rehearsalClock = """
        create table rehearsal_clock (
            is_only boolean primary key default true check (is_only),
            instant timestamptz not null
        )
        """
}
