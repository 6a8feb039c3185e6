import Messages
public import Postgres

/// Whether commands to a service may be missing: its place in the log was lost, or numbers are, and not all has been sent again yet.
///
/// A decision that must come after everything that was promised before it (`docs/decisions/0055`) waits for that.
public enum MissingCommands {
    /// How long what must come after them stays before it is put behind them once more: at most some turns a second, however long it takes.
    public static let pause = Duration.milliseconds(400)

    /// Those of the keys under which commands of `sender` to `service` may be missing, as committed when it is read.
    public static func keys(
        among keys: Set<String>, from sender: String, to service: String, on connection: PostgresConnection
    ) async throws -> Set<String> {
        guard !keys.isEmpty else { return [] }
        let wanted = Array(keys)
        let rows = try await connection.query(statement, sender, Topic.commands(of: service), wanted, wanted.map(Shard.of))
        return Set(try rows.decode(String.self))
    }

    private static let statement = PostgresStatement(
        "missing-commands.keys",
        """
        select w.key from unnest($3::text[], $4::smallint[]) as w(key, shard)
        join inbox_watermark m on m.source = $1 and m.topic = $2 and m.shard = w.shard
        where m.behind_since is not null
        """)
}

/// What people were promised about a key before a deadline may have been lost on its way, and is being asked for: the deadline is not decided yet.
public struct PromisesMissing: TransientFailure, CustomStringConvertible {
    private let key: String

    /// About that key.
    public init(key: String) { self.key = key }

    /// What the operator reads.
    public var description: String { "waiting for what the portal has promised about \(key): the log was lost" }
}
