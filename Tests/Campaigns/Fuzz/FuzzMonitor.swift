import Foundation
import Kafka
import Kernel
import Logging
import Messages
import Messaging
import Operations
import StrictJSON
import TestKit

/// Monitors an installation during a fuzz run: restarted processes and parked messages.
final class FuzzMonitor {
    private let rehearsal: Rehearsal
    private let findings: FuzzFindings
    private let validKeys: ValidKeys
    private let link: OperatorLink
    private let services: Set<Rehearsal.Record.Service>
    private var seenUpTo: [String: Int64] = [:]
    private(set) var parked = 0

    init(rehearsal: Rehearsal, findings: FuzzFindings, validKeys: ValidKeys) async throws {
        (self.rehearsal, self.findings, self.validKeys) = (rehearsal, findings, validKeys)
        services = Set(try rehearsal.services())
        let kafka = KafkaConfiguration(bootstrapServers: rehearsal.record.kafkaBootstrapServers, clientID: "quan-campaign-monitor")
        link = try await OperatorLink(source: "operator", kafka: kafka, logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
    }

    func close() async { await link.close() }

    /// Checks once.
    func check() async {
        let now = (try? rehearsal.services()) ?? []
        for service in services where !now.contains(service) {
            findings.record(.restarted, "\(service.name) (process \(service.pid)) has ended and was restarted")
        }
        for service in now {
            do { try await checkParked(service.name) } catch { findings.record(.broken, "parked messages of \(service.name): \(error)") }
        }
    }

    private func checkParked(_ service: String) async throws {
        while true {
            let command = ListParked(after: seenUpTo[service] ?? 0, rowsAtMost: 500)
            let outcome = try await link.ask(command, of: service, key: "fuzz-monitor", within: .seconds(60))
            guard outcome.refusal == nil,
                let answer = outcome.result.flatMap({ try? MessageBody.decode(ListParked.Answer.self, from: Array($0.utf8)) })
            else { throw CampaignError("cannot list them: \(outcome.refusal?.slug ?? "no answer")") }
            for row in answer.rows {
                parked += 1
                if let fault = Self.fault(of: row, isValid: validKeys.contains(row.key)) {
                    findings.record(
                        .parked,
                        "\(service) \(row.parkedID) \(row.topic) key \(row.key.prefix(100)): \(fault): \(row.reason): \(row.explanation)")
                }
            }
            guard let last = answer.rows.last else { return }
            seenUpTo[service] = last.parkedID
        }
    }

    /// The fault in parking a message; nil if parking it is right because it cannot be decoded.
    static func fault(of row: ListParked.Row, isValid: Bool) -> String? {
        if isValid { return "a valid message was parked" }
        // Any message is parked behind an earlier one of its key. Only malformed keys are used more than once.
        guard row.isHead else { return nil }
        return undecodable.contains(row.reason) ? nil : "a decodable message was parked"
    }

    /// The parking reasons of messages that cannot be decoded.
    static let undecodable = Set(
        [
            EnvelopeFault.missingHeader(""), .repeatedHeader(""), .malformedHeader("", expected: ""), .noKey, .keyTooLong(bytes: 0),
            .keyNotText,
            .noBody, .bodyTooLarge(bytes: 0), .body(.notText), .body(.notJSON), .body(.notOfType("")), .unknownType,
            .unknownVersion(supported: []),
        ].map(\.slug) + ["text-not-taken", "body-trailing-comma", "body-field-twice", "body-too-deep"])
}

/// A probe that repeatedly places a valid order and cancels it.
final class FuzzProbe {
    private static let limit = Duration.seconds(10)
    private static let pause = 1.0

    private let client: FuzzClient
    private let participants: FuzzParticipants
    private let product: String
    private let findings: FuzzFindings

    init(port: Int, participants: FuzzParticipants, product: String, findings: FuzzFindings, random: SplitMix64) {
        client = FuzzClient(port: port, participants: participants, random: random)
        (self.participants, self.product, self.findings) = (participants, product, findings)
    }

    func run(until end: ContinuousClock.Instant) {
        while ContinuousClock.now < end {
            let begun = ContinuousClock.now
            do {
                let order = try client.post(
                    participants.probe, "orders",
                    .fields(("productID", .text(product)), ("voucherFen", .raw("1000")), ("contact", .text("赵女士"))))
                try client.wait(participants.probe, "orders/\(order.id)", for: "placed")
                try client.post(participants.probe, "orders/\(order.id)/cancel", .fields())
                let took = ContinuousClock.now - begun
                findings.countProbe(took)
                if took > Self.limit { findings.record(.probe, "order \(order.id) took \(took)") }
            } catch {
                findings.record(.probe, "after \(ContinuousClock.now - begun): \(error)")
            }
            Thread.sleep(forTimeInterval: Self.pause)
        }
    }
}
