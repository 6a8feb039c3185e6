package import Messages
package import Postgres

/// Verifies a part of the chain of seals and every audit row in it.
package enum SealVerifier {
    /// The maximum number of seals per request.
    static let sealsAtMost = 200

    /// A row of `audit_seal`.
    private struct Link {
        let number: Int64
        let auditIDs: [Int64]
        let rowHashes: [UInt8]
        let hash: [UInt8]
    }

    /// Verifies the seals after `request.after`.
    package static func verify(_ request: VerifyAudit, on connection: PostgresConnection) async throws -> VerifyAudit.Answer {
        let limit = min(max(request.sealsAtMost, 1), sealsAtMost)
        // The seal before the first, and one more than the limit, which shows whether the chain ends here.
        let found = try await connection.query(links, request.after, Int64(limit) + 2)
            .decode(Int64.self, [Int64].self, [UInt8].self, [UInt8].self)
            .map { Link(number: $0.0, auditIDs: $0.1, rowHashes: $0.2, hash: $0.3) }
        let first = found.first?.number == request.after ? found.first : nil
        let chain = first == nil ? found : Array(found.dropFirst())
        let verified = chain.prefix(limit)
        let isEnd = chain.count <= verified.count
        var previous = (number: request.after, hash: first?.hash ?? [])
        var seals: [VerifyAudit.Seal] = []
        var rows: Int64 = 0
        // Only the first seal has no predecessor.
        if request.after > 0, first == nil {
            return answer(seals, rows, VerifyAudit.Break(kind: .sealMissing, seal: request.after, auditID: nil), isEnd)
        }
        for link in verified {
            if let found = try await firstBreak(link, after: previous, on: connection) { return answer(seals, rows, found, isEnd) }
            seals.append(VerifyAudit.Seal(number: link.number, hash: AuditHash.text(link.hash)))
            rows += Int64(link.auditIDs.count)
            previous = (link.number, link.hash)
        }
        if isEnd { _ = try await connection.query(PostgresPlans.wide) }
        let stray = isEnd ? try await connection.query(inserted).decode(Int64.self).first : nil
        return answer(seals, rows, stray.map { VerifyAudit.Break(kind: .rowInserted, seal: nil, auditID: $0) }, isEnd)
    }

    private static func answer(
        _ seals: [VerifyAudit.Seal], _ rows: Int64, _ firstBreak: VerifyAudit.Break?, _ isEnd: Bool
    ) -> VerifyAudit.Answer {
        VerifyAudit.Answer(seals: seals, rows: rows, firstBreak: firstBreak, isEnd: isEnd)
    }

    private static func firstBreak(
        _ link: Link, after previous: (number: Int64, hash: [UInt8]), on connection: PostgresConnection
    ) async throws -> VerifyAudit.Break? {
        guard link.number == previous.number + 1 else {
            return VerifyAudit.Break(kind: .sealMissing, seal: previous.number + 1, auditID: nil)
        }
        let hash = AuditHash.seal(after: previous.hash, number: link.number, rowHashes: link.rowHashes)
        guard hash == link.hash, link.rowHashes.count == AuditHash.bytes * link.auditIDs.count else {
            return VerifyAudit.Break(kind: .sealBroken, seal: link.number, auditID: nil)
        }
        let texts = Dictionary(
            try await connection.query(texts, link.auditIDs).decode(Int64.self, String.self), uniquingKeysWith: { first, _ in first })
        for (place, id) in link.auditIDs.enumerated() {
            let sealed = link.rowHashes[(place * AuditHash.bytes)..<((place + 1) * AuditHash.bytes)]
            guard let text = texts[id] else { return VerifyAudit.Break(kind: .rowMissing, seal: link.number, auditID: id) }
            guard sealed.elementsEqual(AuditHash.row(text)) else {
                return VerifyAudit.Break(kind: .rowChanged, seal: link.number, auditID: id)
            }
        }
        return nil
    }

    private static let links = PostgresStatement(
        "seal.links", "select number, audit_ids, row_hashes, hash from audit_seal where number >= $1 order by number limit $2")

    private static let texts = PostgresStatement(
        "seal.texts", "select a.id, \(AuditHash.rowText) from audit a where a.id = any($1::bigint[])")

    private static let inserted = PostgresStatement(
        "seal.inserted",
        """
        select id from (
            select a.id from audit a join audit_sealer t on a.id <= t.settled_id
            except select unnest(audit_ids) from audit_seal) stray
        order by id limit 1
        """)
}
