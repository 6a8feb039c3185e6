import Foundation
import Kernel
import TestKit

/// A fuzz run on an installation: makes a season, sends for a set time, and judges.
struct FuzzRun {
    /// Who send at once over HTTP. Each waits for its answers.
    private static let lines = 5
    private static let between = Duration.seconds(30)
    private static let longestTextBytes = 900_000

    let rehearsal: Rehearsal
    let seed: UInt64
    let length: Duration
    let logs: String

    func play() async throws -> CampaignReport {
        var report = CampaignReport()
        var random = SplitMix64(seed: seed)
        guard let signIn = URL(string: rehearsal.record.signIn)?.port else { throw CampaignError("nobody signs in") }
        let players = FuzzPlayers(signInPort: signIn, &random)
        let world = try await FuzzWorld.make(on: rehearsal, players: players, random: SplitMix64(seed: random.next()))
        report.note("a season in every state is there", passes: world.complaints.isEmpty, world.complaints.joined(separator: "; "))
        let portal = try rehearsal.port(of: "portal")
        let plan = try plan(world, players, portal: portal)
        report.note("every field of every request has a sample", passes: plan.operations.allSatisfy(\.unknown.isEmpty), Self.unknown(plan))
        let findings = FuzzFindings(logs: logs)
        try await send(plan, world, players, findings, &random, portal: portal)
        for kind in FuzzFindings.Kind.allCases {
            let (count, first) = findings.found(kind)
            report.note(kind.rawValue, passes: count == 0, count == 0 ? "" : "\(count) times, the first: \(first)")
        }
        report.note("the honest enterprise had its turns", passes: findings.canaryRounds > 0, "\(findings.canaryRounds)")
        for (part, word) in [("ledger", "check"), ("audit", "verify")] {
            let (status, said) = try await rehearsal.quan(part, word, within: .seconds(300))
            report.note("quan \(part) \(word)", passes: status == 0, status == 0 ? "" : String(said.suffix(400)))
        }
        return report
    }

    private func plan(_ world: FuzzWorld, _ players: FuzzPlayers, portal: Int) throws -> FuzzPlan {
        guard case .answered(let answer) = HTTPConnection(port: portal).ask(HTTPConnection.Request(path: "/api/v1/openapi.json")),
            answer.status == 200
        else {
            throw CampaignError("the portal does not describe its API")
        }
        let plan = FuzzPlan(openAPI: try JSONTree(reading: answer.body), samples: FuzzSamples(world: world, players: players))
        guard !plan.operations.isEmpty else { throw CampaignError("the API has no operation") }
        Progress.say("\(plan.operations.count) operations, \(world.ids.count) things to name")
        return plan
    }

    private static func unknown(_ plan: FuzzPlan) -> String {
        plan.operations.filter { !$0.unknown.isEmpty }.map { "\($0.path): \($0.unknown.joined(separator: ", "))" }.joined(separator: "; ")
    }

    private func send(
        _ plan: FuzzPlan, _ world: FuzzWorld, _ players: FuzzPlayers, _ findings: FuzzFindings, _ random: inout SplitMix64, portal: Int
    ) async throws {
        let goodKeys = GoodKeys()
        let mutation = Mutation(ids: world.ids + players.mischievous.map(\.organisation), longest: Self.longestTextBytes)
        let watch = try await FuzzWatch(rehearsal: rehearsal, findings: findings, goodKeys: goodKeys)
        let seeds = try MessageSeeds()
        let now = BeijingTime.startOfDay(world.today)
        let kafkaRow = random.next()
        let end = ContinuousClock.now + length
        let rows = (0..<Self.lines).map { _ in random.next() }
        let canaryRow = random.next()
        await withTaskGroup(of: Void.self) { group in
            for row in rows {
                group.addTask {
                    await Self.onThread("a line over HTTP", findings) {
                        try HTTPFuzz(
                            port: portal, plan: plan, players: players, mutation: mutation, findings: findings,
                            random: SplitMix64(seed: row)
                        ).run(until: end)
                    }
                }
            }
            group.addTask {
                await Self.onThread("the canary", findings) {
                    FuzzCanary(
                        port: portal, players: players, product: world.canaryProduct, findings: findings,
                        random: SplitMix64(seed: canaryRow)
                    ).run(until: end)
                }
            }
            group.addTask {
                do {
                    try await KafkaFuzz(
                        rehearsal: rehearsal, seeds: seeds, players: players, mutation: mutation, findings: findings, goodKeys: goodKeys,
                        now: now, random: SplitMix64(seed: kafkaRow)
                    ).run(until: end)
                } catch {
                    findings.note(.broken, "messages over Kafka: \(error)")
                }
            }
            while ContinuousClock.now < end {
                try? await Task.sleep(for: min(Self.between, end - .now))
                await watch.look()
                Progress.say(findings.summary)
            }
            await group.waitForAll()
        }
        // What was sent last is on its way.
        try await Task.sleep(for: .seconds(5))
        await watch.look()
        await watch.close()
        Progress.say("\(findings.summary); set aside, as nobody can read them: \(watch.setAside)")
    }

    private static func onThread(_ what: String, _ findings: FuzzFindings, _ body: @escaping @Sendable () throws -> Void) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                do { try body() } catch { findings.note(.broken, "\(what): \(error)") }
                continuation.resume()
            }
        }
    }
}
