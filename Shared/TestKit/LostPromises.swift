import Messages
import Messaging
public import Postgres

extension PostgresPool {
    /// Has the service of this database believe that commands of `sender` under these keys may have been lost with the log, and that they are
    /// still to be sent again.
    public func losePromises(of sender: String, to service: String, keys: [String]) async throws {
        try await withConnection { connection in
            let shards = Set(keys.map(Shard.of)).sorted()
            _ = try await connection.execute(LostPromises.lose, sender, Topic.commands(of: service), shards)
        }
    }

    /// Has it believe that all commands of `sender` have been sent again.
    public func findPromises(of sender: String) async throws {
        try await withConnection { connection in _ = try await connection.execute(LostPromises.find, sender) }
    }
}

private enum LostPromises {
    static let lose = PostgresStatement(
        "test.lose-promises",
        """
        insert into inbox_watermark as m (source, topic, shard, wanted, behind_since)
        select $1, $2, shard, 9223372036854775807, '-infinity'::timestamptz from unnest($3::smallint[]) as s(shard)
        on conflict (source, topic, shard)
        do update set wanted = excluded.wanted, behind_since = excluded.behind_since, asked_at = null, asked_by = null, asks = 0
        """)
    static let find = PostgresStatement(
        "test.find-promises", "update inbox_watermark set wanted = null, behind_since = null where source = $1")
}
