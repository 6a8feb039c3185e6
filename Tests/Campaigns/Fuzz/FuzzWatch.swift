import Foundation
import Kafka
import Kernel
import Logging
import Messages
import Messaging
import TestKit

/// Looks after an installation while bad messages are sent to it: its processes, and what it has set aside.
final class FuzzWatch {
    private let rehearsal: Rehearsal
    private let findings: FuzzFindings
    private let goodKeys: GoodKeys
    private let link: OperatorLink
    private let services: Set<Rehearsal.Record.Service>
    private var seenUpTo: [String: Int64] = [:]
    private(set) var setAside = 0

    init(rehearsal: Rehearsal, findings: FuzzFindings, goodKeys: GoodKeys) async throws {
        (self.rehearsal, self.findings, self.goodKeys) = (rehearsal, findings, goodKeys)
        services = Set(try rehearsal.services())
        let kafka = KafkaConfiguration(bootstrapServers: rehearsal.record.kafkaBootstrapServers, clientID: "quan-campaign-watch")
        link = try await OperatorLink(source: "operator", kafka: kafka, logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
    }

    func close() async { await link.close() }

    /// Looks once.
    func look() async {
        let now = (try? rehearsal.services()) ?? []
        for service in services where !now.contains(service) {
            findings.note(.restarted, "\(service.name) (process \(service.pid)) has ended and was started again")
        }
        for service in now {
            do { try await lookAtParked(service.name) } catch { findings.note(.broken, "what \(service.name) has set aside: \(error)") }
        }
    }

    private func lookAtParked(_ service: String) async throws {
        while true {
            let command = ListParked(after: seenUpTo[service] ?? 0, rowsAtMost: 500)
            let outcome = try await link.ask(command, of: service, key: "fuzz-watch", within: .seconds(60))
            guard outcome.refusal == nil,
                let answer = outcome.result.flatMap({ try? MessageBody.decode(ListParked.Answer.self, from: Array($0.utf8)) })
            else { throw CampaignError("it does not tell: \(outcome.refusal?.slug ?? "no answer")") }
            for row in answer.rows {
                setAside += 1
                if let fault = Self.fault(of: row, isGood: goodKeys.contains(row.key)) {
                    findings.note(
                        .parked,
                        "\(service) \(row.parkedID) \(row.topic) key \(row.key.prefix(100)): \(fault): \(row.reason): \(row.explanation)")
                }
            }
            guard let last = answer.rows.last else { return }
            seenUpTo[service] = last.parkedID
        }
    }

    /// What is wrong with setting a message aside; nil where nothing is, since nobody could read it.
    static func fault(of row: ListParked.Row, isGood: Bool) -> String? {
        if isGood { return "a good message was set aside" }
        // What comes behind a message that was set aside waits, whatever it is; each key but the raw ones that are no key is used once.
        guard row.isHead else { return nil }
        return undecodable.contains(row.reason) ? nil : "a message that can be decoded was set aside"
    }

    /// The reasons by which a message cannot be read.
    static let undecodable = Set(
        [
            EnvelopeFault.missingHeader(""), .repeatedHeader(""), .malformedHeader("", expected: ""), .noKey, .keyTooLong(bytes: 0),
            .keyNotText,
            .noBody, .bodyTooLarge(bytes: 0), .bodyNotText, .bodyNotJSON, .bodyNotOfType(""), .unknownType, .unknownVersion(supported: []),
        ].map(\.slug) + ["text-not-taken", "body-trailing-comma", "body-field-twice", "body-too-deep"])
}

/// An enterprise that does nothing wrong: it places an order and cancels it, again and again.
final class FuzzCanary {
    private static let patience = Duration.seconds(10)
    private static let pause = 1.0

    private let desk: FuzzDesk
    private let players: FuzzPlayers
    private let product: String
    private let findings: FuzzFindings

    init(port: Int, players: FuzzPlayers, product: String, findings: FuzzFindings, random: SplitMix64) {
        desk = FuzzDesk(port: port, players: players, random: random)
        (self.players, self.product, self.findings) = (players, product, findings)
    }

    func run(until end: ContinuousClock.Instant) {
        while ContinuousClock.now < end {
            let begun = ContinuousClock.now
            do {
                let order = try desk.ask(
                    players.canary, "orders",
                    .fields(("productID", .text(product)), ("voucherFen", .raw("1000")), ("contact", .text("赵女士"))))
                try desk.wait(players.canary, "orders/\(order.id)", for: "placed")
                try desk.ask(players.canary, "orders/\(order.id)/cancel", .fields())
                let took = ContinuousClock.now - begun
                findings.noteCanary(took)
                if took > Self.patience { findings.note(.canary, "order \(order.id) took \(took)") }
            } catch {
                findings.note(.canary, "after \(ContinuousClock.now - begun): \(error)")
            }
            Thread.sleep(forTimeInterval: Self.pause)
        }
    }
}
