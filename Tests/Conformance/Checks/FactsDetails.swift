import Postgres

/// Details for the analysis of a failed test bed.
extension TestbedDatabases {
    private static let details = [
        (
            "shards behind",
            """
            select concat_ws(' ', source, topic, shard, 'has', contiguous, 'and', beyond, 'target', target, 'requested', requests, 'times, last',
                             (extract(epoch from clock_timestamp() - requested_at))::int, 's ago')
            from inbox_watermark where behind_since is not null order by topic, shard limit 10
            """
        ),
        (
            "not published",
            """
            select concat_ws(' ', p.topic, p.shard, 'position', p.position, 'number', p.sequence, o.type, o.key,
                             'blocked until ' || p.blocked_until, 'lease until', l.expires_at)
            from outbox_waiting p join outbox o using (position) join relay_lease l on l.shard = p.shard order by p.position limit 10
            """
        ),
        ("parked", "select concat_ws(' ', topic, partition, record_offset, reason, explanation) from parked order by id limit 10"),
        ("held", "select concat_ws(' ', topic, key, version) from inbox_held order by topic, key, version limit 10"),
        (
            "published types",
            "select concat_ws(' ', topic, type, count(*)) from outbox group by topic, type order by count(*) desc limit 10"
        ),
    ]

    /// A few rows of every kind of unfinished work.
    func details() async throws -> String {
        var lines: [String] = []
        for role in Role.allCases {
            for (what, sql) in Self.details {
                let rows = try await read(role) { connection in
                    try await connection.query(PostgresStatement(sql, sql)).map { try $0.decode(column: 0, as: String.self) }
                }
                lines += rows.map { "\(role.rawValue), \(what): \($0)" }
            }
        }
        return lines.joined(separator: "\n")
    }
}
