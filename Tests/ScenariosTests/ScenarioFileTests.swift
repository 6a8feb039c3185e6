import Foundation
import Programme
import Testing

@testable import Scenarios

/// The scenarios of the repository.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func source(_ id: String) throws -> ProgrammeSource {
        let clauses = root.appending(path: "Shared/Programmes/clauses")
        let folder = id == "beijing-2026" ? "Shared/Programmes" : "Tests/ProgrammeTests/Samples"
        return try ProgrammeSource.read(file: root.appending(path: "\(folder)/\(id).yaml"), clauseFolder: clauses)
    }

    static func programme(_ id: String) throws -> Programme { try source(id).load().programme }

    static func book(_ id: String) throws -> ScenarioBook {
        try ScenarioBook.read(folder: root.appending(path: "Tests/Scenarios/\(id)"), programme: try programme(id))
    }
}

@Suite("Scenarios of the programmes")
struct ScenarioFileTests {
    @Test(
        "every scenario passes",
        arguments: [("beijing-2026", 120), ("beijing-2024", 20), ("guangzhou-2020", 20), ("hangzhou-2026", 20)] as [(String, Int)])
    func pass(id: String, least: Int) async throws {
        let programme = try Repository.programme(id)
        let book = try Repository.book(id)
        #expect(book.scenarios.count >= least)
        for scenario in book.scenarios {
            let result = ScenarioPlayer.play(scenario, under: programme)
            #expect(result.isPassed, "\(scenario.place) \(scenario.name): \(result.differences.joined(separator: "; "))")
            // Other tests share the threads.
            await Task.yield()
        }
    }

    @Test(
        "every scenario passes in several hosts whose messages overtake each other and are repeated",
        arguments: ["beijing-2026", "beijing-2024", "guangzhou-2020", "hangzhou-2026"], [nil, 1] as [UInt64?])
    func hosts(id: String, seed: UInt64?) async throws {
        let programme = try Repository.programme(id)
        for scenario in try Repository.book(id).scenarios {
            let result = ScenarioPlayer.play(scenario, under: programme, on: .hosts(seed: seed))
            #expect(result.isPassed, "\(scenario.place) \(scenario.name): \(result.differences.joined(separator: "; "))")
            // Other tests share the threads.
            await Task.yield()
        }
    }

    @Test("the same scenario played twice gives the same transcript")
    func replay() async throws {
        let programme = try Repository.programme("beijing-2026")
        for scenario in try Repository.book("beijing-2026").scenarios.prefix(40) {
            let (first, second) = (ScenarioPlayer.play(scenario, under: programme), ScenarioPlayer.play(scenario, under: programme))
            #expect(first.transcript == second.transcript && first.differences == second.differences)
            await Task.yield()
        }
    }

    @Test("a scenario whose expectation is wrong fails, and says what was found and where")
    func wrong() throws {
        let text = """
            - scenario: An order is accepted at once
              clauses: [BJ26-30]
              given: [listed, entitled, placed]
              when: [{at: 2026-04-02}]
              then: [{case: o1, state: accepted}, {cap: product-stock, of: audit, left: 3}]
            """
        let book = try Self.book(text)
        let result = ScenarioPlayer.play(try #require(book.scenarios.first), under: try Repository.programme("beijing-2026"))
        #expect(
            result.differences == [
                "new.yaml:5: found o1 placed; expected o1 accepted",
                "new.yaml:5: found product-stock left 2; expected product-stock left 3",
            ])
    }

    @Test(
        "a mistake in a file is refused with its line and a remedy",
        arguments: [
            ("when: [{take: order.fly, by: lin, case: o1}]", "the programme has no step order.fly"),
            ("when: [{take: order.place, by: nobody, case: o1}]", "the cast has no person nobody"),
            ("when: [{take: order.place, by: lin, case: o1, colour: red}]", "there is no key `colour` here"),
            ("when: [{take: order.place, by: lin, case: o1, fields: {order.voucher: many}}]", "\"many\" is no amount in yuan"),
            ("when: [{at: 2026-13-01}]", "\"2026-13-01\" is no instant"), ("when: [nothing]", "there is no fixture nothing"),
            ("when: [{}]", "an event has one of take"), ("given: []", "`when:` is missing"),
            ("when: [{at: 2026-04-02}]\n  then: [{cap: gold, left: 1}]", "the programme has no cap gold"),
        ])
    func faults(line: String, problem: String) throws {
        do {
            _ = try Self.book("- scenario: A mistake\n  clauses: [BJ26-30]\n  \(line)\n")
            Issue.record("the mistake was not found: \(line)")
        } catch let fault as ScenarioFault {
            #expect(fault.text.contains(problem), "\(fault)")
            #expect(fault.place.file == "new.yaml" && fault.place.line >= 1)
        }
    }

    private static func book(_ text: String) throws -> ScenarioBook {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scenarios-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let cast = Repository.root.appending(path: "Tests/Scenarios/beijing-2026/cast.yaml")
        try FileManager.default.copyItem(at: cast, to: folder.appending(path: "cast.yaml"))
        try text.write(to: folder.appending(path: "new.yaml"), atomically: true, encoding: .utf8)
        return try ScenarioBook.read(folder: folder, programme: try Repository.programme("beijing-2026"))
    }
}

@Suite("Mutants")
struct MutantTests {
    @Test("each mutant has its own name and differs from the programme")
    func names() throws {
        let programme = try Repository.programme("beijing-2026")
        let mutants = MutantMaker.mutants(of: programme)
        #expect(Set(mutants.map(\.id)).count == mutants.count)
        #expect(mutants.allSatisfy { $0.programme != programme })
        let kinds = ["dropped", "negated", "without the role", "working days", "starred", "reminder", "a day later", "one fen more"]
        for kind in kinds { #expect(mutants.contains { $0.id.contains(kind) }, "\(kind)") }
    }

    @Test("a clause is held where a scenario fails without it, and is not where it passes")
    func clauses() throws {
        let programme = try Repository.programme("beijing-2026")
        let book = try Repository.book("beijing-2026")
        let check = ClauseCheck(programme, ScenarioBook(scenarios: book.scenarios.filter { $0.place.file == "life.yaml" }))
        let clauses = try Repository.source("beijing-2026").book()
        func outcome(_ id: String) throws -> ClauseCheck.Outcome { check.finding(try #require(clauses.clause(id))).outcome }
        #expect(try outcome("BJ26-30") == .held)
        #expect(try outcome("BJ26-33") == .noScenario)
        #expect(try outcome("GZ20-05") == .notInFile)
    }
}
