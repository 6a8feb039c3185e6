import Messages
import Messaging
public import Postgres

extension PostgresPool {
    /// Sets the watermarks of this service's database as if commands of `sender` with these keys might be lost with the log and were not
    /// sent again yet.
    public func markCommandsMissing(of sender: String, to service: String, keys: [String]) async throws {
        try await withConnection { connection in
            let shards = Set(keys.map(Shard.of)).sorted()
            _ = try await connection.execute(CommandGapStatements.markMissing, sender, Topic.commands(of: service), shards)
        }
    }

    /// Sets the watermarks as if all commands of `sender` had been sent again.
    public func markCommandsResent(of sender: String) async throws {
        try await withConnection { connection in _ = try await connection.execute(CommandGapStatements.markResent, sender) }
    }
}

private enum CommandGapStatements {
    static let markMissing = PostgresStatement(
        "test.mark-commands-missing",
        """
        insert into inbox_watermark as m (source, topic, shard, target, behind_since)
        select $1, $2, shard, 9223372036854775807, '-infinity'::timestamptz from unnest($3::smallint[]) as s(shard)
        on conflict (source, topic, shard)
        do update set target = excluded.target, behind_since = excluded.behind_since, requested_at = null, request_id = null, requests = 0
        """)
    static let markResent = PostgresStatement(
        "test.mark-commands-resent", "update inbox_watermark set target = null, behind_since = null where source = $1")
}
