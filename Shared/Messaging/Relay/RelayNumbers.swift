import Postgres

/// Gives rows their numbers: the next of their topic and shard, without holes, in the rows' order.
///
/// A round's numbers are written in one row a topic and shard, as the list of positions that got them; that row is what
/// republishing reads later. Which numbers the rows of an interrupted round have is found there (`recoverNumbers`).
enum RelayNumbers {
    private struct Sequence: Hashable {
        let topic: String
        let shard: Int16

        init(_ row: RelayRow) { self.init(topic: row.topic, shard: row.shard) }

        init(topic: String, shard: Int16) {
            self.topic = topic
            self.shard = shard
        }
    }

    /// Numbers the rows that have no number yet.
    static func give(_ rows: inout [RelayRow], on connection: PostgresConnection) async throws {
        var added: [Sequence: [Int64]] = [:]
        for row in rows where row.sequence == nil { added[Sequence(row), default: []].append(row.position) }
        guard !added.isEmpty else { return }
        let all = Array(added)
        let given = try await connection.query(
            RelayStatements.giveNumbers,
            [
                all.map(\.key.topic), all.map(\.key.shard), all.map { Int64($0.value.count) },
                all.map { "{" + $0.value.map(String.init).joined(separator: ",") + "}" },
            ])
        var next: [Sequence: Int64] = [:]
        for (topic, shard, last) in try given.decode(String.self, Int16.self, Int64.self) {
            let sequence = Sequence(topic: topic, shard: shard)
            next[sequence] = last - Int64(added[sequence]?.count ?? 0) + 1
        }
        for index in rows.indices where rows[index].sequence == nil {
            let sequence = Sequence(rows[index])
            rows[index].sequence = next[sequence]
            next[sequence, default: 1] += 1
        }
    }
}
