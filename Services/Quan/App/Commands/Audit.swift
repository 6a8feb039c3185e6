import ArgumentParser
import Foundation
import Messages
import Messaging

/// `quan audit`
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Holds the services' audit trails against their seals.",
        discussion: """
            Every service chains its audit rows by hash, and tells the others now and then how far
            it has come. `verify` has each service walk its chain, and compares it with the heads
            that the other services keep: a row that was changed, added or taken away shows, and so
            does a trail that was cut short or written anew. Exit code 1 at the first break.

            EXAMPLES
              quan audit verify
              quan audit verify ordering
              quan audit verify ordering --kafka kafka-1:9092
            """,
        subcommands: [Verify.self])

    /// `quan audit verify`
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "verify", abstract: "Walks the chains.")

        @OptionGroup var place: InstallationOption

        @Argument(help: "The service; all when not said.")
        var service: String?

        func run() async throws {
            let installation = try Installation(place)
            let services = try service.map { [try installation.service($0)] } ?? installation.services
            let broken = try await installation.linked { link in
                var broken = 0
                for service in services {
                    let keepers = installation.services.map(\.name).filter { $0 != service.name }
                    let finding = try await AuditFinding.of(service.name, keepers: keepers, link: link)
                    print(finding.told)
                    if finding.trouble != nil { broken += 1 }
                }
                return broken
            }
            if broken > 0 { throw ExitCode.failure }
        }
    }
}

/// What became of holding one service's audit trail against its seals and against what others keep.
struct AuditFinding: Sendable {
    let service: String
    let rows: Int64
    let seals: Int
    /// How many heads others keep, and who.
    let heads: Int
    let keepers: [String]
    /// The first thing that is wrong; nil where nothing is.
    let trouble: String?

    var told: String {
        let kept = heads == 0 ? "no other service keeps a head yet" : "\(heads) heads kept by \(keepers.joined(separator: ", "))"
        let whole = "\(service): \(rows) rows in \(seals) seals; \(kept)"
        return trouble.map { "\(whole): BROKEN: \($0)" } ?? "\(whole): whole"
    }

    /// Walks the chain of `service` slice by slice, and compares it with what each of `keepers` has of it.
    ///
    /// The heads come first: the chain only grows, so that each of them must be in it afterwards. These very questions are audited and sealed too.
    static func of(_ service: String, keepers: [String], link: OperatorLink) async throws -> AuditFinding {
        let kept = try await heads(of: service, keepers: keepers, link: link)
        var chain: [Int64: String] = [:]
        var rows: Int64 = 0
        var after: Int64 = 0
        var trouble: String?
        while trouble == nil {
            let answer = try await link.ask(VerifyAudit(after: after), of: service, key: "audit", within: .seconds(120)).orComplain()
                .answer(VerifyAudit.Answer.self)
            for seal in answer.seals { chain[seal.number] = seal.hash }
            rows += answer.rows
            trouble = answer.firstBreak?.told
            guard let last = answer.seals.last, !answer.isEnd else { break }
            after = last.number
        }
        let mismatch = kept.flatMap { keeper in keeper.heads.compactMap { Self.mismatch($0, keptBy: keeper.name, chain) } }.first
        let all = kept.filter { !$0.heads.isEmpty }
        return AuditFinding(
            service: service, rows: rows, seals: chain.count, heads: all.reduce(0) { $0 + $1.heads.count }, keepers: all.map(\.name),
            trouble: trouble ?? mismatch)
    }

    private static func heads(
        of service: String, keepers: [String], link: OperatorLink
    ) async throws -> [(name: String, heads: [VerifyAudit.Seal])] {
        var all: [(name: String, heads: [VerifyAudit.Seal])] = []
        for keeper in keepers {
            var heads: [VerifyAudit.Seal] = []
            while true {
                let question = ListAuditHeads(service: service, after: heads.last?.number ?? 0)
                let answer = try await link.ask(question, of: keeper, key: "audit", within: .seconds(30)).orComplain()
                    .answer(ListAuditHeads.Answer.self)
                heads += answer.heads
                guard !answer.isEnd, !answer.heads.isEmpty else { break }
            }
            all.append((keeper, heads))
        }
        return all
    }

    private static func mismatch(_ head: VerifyAudit.Seal, keptBy keeper: String, _ chain: [Int64: String]) -> String? {
        guard let hash = chain[head.number] else {
            return "\(keeper) keeps seal \(head.number), which the chain no longer has: it was cut short"
        }
        return hash == head.hash ? nil : "\(keeper) keeps another hash of seal \(head.number): the chain was written anew"
    }
}

extension VerifyAudit.Break {
    fileprivate var told: String {
        let row = auditID.map { "row \($0)" } ?? "a row"
        let at = seal.map { " of seal \($0)" } ?? ""
        return switch kind {
        case .rowChanged: "\(row)\(at) was changed after it was sealed"
        case .rowMissing: "\(row)\(at) was taken away"
        case .rowInserted: "\(row) was added among sealed ones"
        case .sealBroken: "seal \(seal ?? 0) does not follow from the one before it"
        case .sealMissing: "seal \(seal ?? 0) is missing"
        }
    }
}
