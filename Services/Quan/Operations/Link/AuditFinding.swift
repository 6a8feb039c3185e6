import Messages

/// The result of verifying one service's audit trail against its seals and against the heads stored by other services.
package struct AuditFinding: Sendable {
    let service: String
    let rows: Int64
    let seals: Int
    /// The number of heads stored by other services.
    let heads: Int
    /// The services that store heads.
    let witnesses: [String]
    /// The first problem; nil if there is none.
    package let problem: String?

    package var summary: String {
        let stored = heads == 0 ? "no other service stores a head yet" : "\(heads) heads stored by \(witnesses.joined(separator: ", "))"
        let counts = "\(service): \(rows) rows in \(seals) seals; \(stored)"
        return problem.map { "\(counts): BROKEN: \($0)" } ?? "\(counts): intact"
    }

    /// Verifies the chain of `service` slice by slice, and compares it with the heads that `witnesses` store.
    ///
    /// The heads are read first, because the chain only grows: each head must be in the chain read afterwards. These commands are audited,
    /// too.
    package static func of(_ service: String, witnesses: [String], link: OperatorLink) async throws -> AuditFinding {
        let stored = try await heads(of: service, witnesses: witnesses, link: link)
        var chain: [Int64: String] = [:]
        var rows: Int64 = 0
        var after: Int64 = 0
        var problem: String?
        while problem == nil {
            let answer = try await link.ask(VerifyAudit(after: after), of: service, key: "audit", within: .seconds(120)).orThrow()
                .answer(VerifyAudit.Answer.self)
            for seal in answer.seals { chain[seal.number] = seal.hash }
            rows += answer.rows
            problem = answer.firstBreak?.summary
            guard let last = answer.seals.last, !answer.isEnd else { break }
            after = last.number
        }
        let mismatch = stored.flatMap { witness in witness.heads.compactMap { Self.mismatch($0, storedBy: witness.name, chain) } }.first
        let all = stored.filter { !$0.heads.isEmpty }
        return AuditFinding(
            service: service, rows: rows, seals: chain.count, heads: all.reduce(0) { $0 + $1.heads.count }, witnesses: all.map(\.name),
            problem: problem ?? mismatch)
    }

    private static func heads(
        of service: String, witnesses: [String], link: OperatorLink
    ) async throws -> [(name: String, heads: [VerifyAudit.Seal])] {
        var all: [(name: String, heads: [VerifyAudit.Seal])] = []
        for witness in witnesses {
            var heads: [VerifyAudit.Seal] = []
            while true {
                let command = ListAuditHeads(service: service, after: heads.last?.number ?? 0)
                let answer = try await link.ask(command, of: witness, key: "audit", within: .seconds(30)).orThrow()
                    .answer(ListAuditHeads.Answer.self)
                heads += answer.heads
                guard !answer.isEnd, !answer.heads.isEmpty else { break }
            }
            all.append((witness, heads))
        }
        return all
    }

    private static func mismatch(_ head: VerifyAudit.Seal, storedBy witness: String, _ chain: [Int64: String]) -> String? {
        guard let hash = chain[head.number] else {
            return "\(witness) stores seal \(head.number), which is missing in the chain: it was truncated"
        }
        return hash == head.hash ? nil : "\(witness) stores another hash of seal \(head.number): the chain was rewritten"
    }
}

extension VerifyAudit.Break {
    fileprivate var summary: String {
        let row = auditID.map { "row \($0)" } ?? "a row"
        let at = seal.map { " of seal \($0)" } ?? ""
        return switch kind {
        case .rowChanged: "\(row)\(at) was changed after it was sealed"
        case .rowMissing: "\(row)\(at) was removed"
        case .rowInserted: "\(row) was inserted among sealed rows"
        case .sealBroken: "seal \(seal ?? 0) does not follow from the one before it"
        case .sealMissing: "seal \(seal ?? 0) is missing"
        }
    }
}
