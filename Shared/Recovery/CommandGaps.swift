import Messages
public import Postgres

/// Tells whether commands to a service may be missing because an offset was lost or sequence numbers are missing, and not everything has
/// been republished yet.
///
/// A decision that must follow all earlier accepted commands (`docs/decisions/0055`) is deferred while that is so.
public enum CommandGaps {
    /// How long such a decision is deferred each time.
    public static let retryDelay = Duration.milliseconds(400)

    /// The keys under which commands of `sender` to `service` may be missing, as committed at the time of the query.
    public static func keys(
        among keys: Set<String>, from sender: String, to service: String, on connection: PostgresConnection
    ) async throws -> Set<String> {
        guard !keys.isEmpty else { return [] }
        let all = Array(keys)
        return Set(try await connection.query(statement, sender, Topic.commands(of: service), all, all.map(Shard.of)).decode(String.self))
    }

    private static let statement = PostgresStatement(
        "command-gaps.keys",
        """
        select w.key from unnest($3::text[], $4::smallint[]) as w(key, shard)
        join inbox_watermark m on m.source = $1 and m.topic = $2 and m.shard = w.shard
        where m.behind_since is not null
        """)
}
