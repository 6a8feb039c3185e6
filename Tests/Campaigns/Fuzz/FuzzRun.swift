import Foundation
import Kernel
import TestKit

/// A fuzz run on an installation: creates fixtures, sends invalid requests for a given time, and evaluates the findings.
struct FuzzRun {
    /// The number of concurrent HTTP connections.
    private static let connections = 5
    private static let monitoringInterval = Duration.seconds(30)
    private static let longestTextBytes = 900_000

    let rehearsal: Rehearsal
    let seed: UInt64
    let length: Duration
    let logs: String

    func run() async throws -> CampaignReport {
        var report = CampaignReport()
        var random = SplitMix64(seed: seed)
        guard let signIn = URL(string: rehearsal.record.signIn)?.port else { throw CampaignError("the installation has no sign-in") }
        let participants = FuzzParticipants(signInPort: signIn, &random)
        let fixtures = try await FuzzFixtures.create(on: rehearsal, participants: participants, random: SplitMix64(seed: random.next()))
        report.record("fixtures in every state were created", passes: fixtures.failures.isEmpty, fixtures.failures.joined(separator: "; "))
        let portal = try rehearsal.port(of: "portal")
        let plan = try plan(fixtures, participants, portal: portal)
        report.record(
            "every field of every request has a sample", passes: plan.operations.allSatisfy(\.unknown.isEmpty), Self.unknown(plan))
        let findings = FuzzFindings(logs: logs)
        try await send(plan, fixtures, participants, findings, &random, portal: portal)
        for kind in FuzzFindings.Kind.allCases {
            let (count, first) = findings.found(kind)
            report.record(kind.rawValue, passes: count == 0, count == 0 ? "" : "\(count) findings, the first: \(first)")
        }
        report.record("the probe placed orders", passes: findings.probeRounds > 0, "\(findings.probeRounds)")
        for (part, word) in [("ledger", "check"), ("audit", "verify")] {
            let (status, output) = try await rehearsal.quan(part, word, within: .seconds(300))
            report.record("quan \(part) \(word)", passes: status == 0, status == 0 ? "" : String(output.suffix(400)))
        }
        return report
    }

    private func plan(_ fixtures: FuzzFixtures, _ participants: FuzzParticipants, portal: Int) throws -> FuzzPlan {
        guard case .answered(let answer) = HTTPConnection(port: portal).ask(HTTPConnection.Request(path: "/api/v1/openapi.json")),
            answer.status == 200
        else {
            throw CampaignError("the portal does not serve openapi.json")
        }
        let plan = FuzzPlan(
            openAPI: try JSONTree(reading: answer.body), samples: FuzzSamples(fixtures: fixtures, participants: participants))
        guard !plan.operations.isEmpty else { throw CampaignError("the API has no operation") }
        Progress.report("\(plan.operations.count) operations, \(fixtures.ids.count) known ids")
        return plan
    }

    private static func unknown(_ plan: FuzzPlan) -> String {
        plan.operations.filter { !$0.unknown.isEmpty }.map { "\($0.path): \($0.unknown.joined(separator: ", "))" }.joined(separator: "; ")
    }

    private func send(
        _ plan: FuzzPlan, _ fixtures: FuzzFixtures, _ participants: FuzzParticipants, _ findings: FuzzFindings, _ random: inout SplitMix64,
        portal: Int
    ) async throws {
        let validKeys = ValidKeys()
        let mutation = Mutation(ids: fixtures.ids + participants.attackers.map(\.organisation), longest: Self.longestTextBytes)
        let monitor = try await FuzzMonitor(rehearsal: rehearsal, findings: findings, validKeys: validKeys)
        let samples = try MessageSeeds()
        let now = BeijingTime.startOfDay(fixtures.today)
        let kafkaSeed = random.next()
        let end = ContinuousClock.now + length
        let seeds = (0..<Self.connections).map { _ in random.next() }
        let probeSeed = random.next()
        await withTaskGroup(of: Void.self) { group in
            for seed in seeds {
                group.addTask {
                    await Self.onThread("an HTTP connection", findings) {
                        try HTTPFuzz(
                            port: portal, plan: plan, participants: participants, mutation: mutation, findings: findings,
                            random: SplitMix64(seed: seed)
                        ).run(until: end)
                    }
                }
            }
            group.addTask {
                await Self.onThread("the probe", findings) {
                    FuzzProbe(
                        port: portal, participants: participants, product: fixtures.probeProduct, findings: findings,
                        random: SplitMix64(seed: probeSeed)
                    ).run(until: end)
                }
            }
            group.addTask {
                do {
                    try await KafkaFuzz(
                        rehearsal: rehearsal, seeds: samples, participants: participants, mutation: mutation, findings: findings,
                        validKeys: validKeys,
                        now: now, random: SplitMix64(seed: kafkaSeed)
                    ).run(until: end)
                } catch {
                    findings.record(.broken, "messages over Kafka: \(error)")
                }
            }
            while ContinuousClock.now < end {
                try? await Task.sleep(for: min(Self.monitoringInterval, end - .now))
                await monitor.check()
                Progress.report(findings.summary)
            }
            await group.waitForAll()
        }
        // Time for the last messages to be handled.
        try await Task.sleep(for: .seconds(5))
        await monitor.check()
        await monitor.close()
        Progress.report("\(findings.summary); unreadable messages parked: \(monitor.parked)")
    }

    private static func onThread(_ name: String, _ findings: FuzzFindings, _ body: @escaping @Sendable () throws -> Void) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                do { try body() } catch { findings.record(.broken, "\(name): \(error)") }
                continuation.resume()
            }
        }
    }
}
