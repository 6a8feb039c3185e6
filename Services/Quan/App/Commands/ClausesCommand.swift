import ArgumentParser
import Foundation
import Operations
import Programme
import Scenarios

/// `quan clauses`
struct ClausesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clauses", abstract: "Shows where each clause is set, what enforces it, and which scenarios hold it.",
        discussion: """
            With --check it plays the scenarios of each clause under the programme and under the
            programme without what the clause says: the clause is held if one of them then fails.
            With --mutate it spoils the programme file by itself, one thing at a time (a rule dropped,
            a number moved by one unit, a role, a step, a paper, a star, an effect, a reminder, an
            edge of a window), and a scenario must fail for each. Mutants that change nothing that
            anybody can see are listed with a reason in equivalent.yml next to the scenarios.

            --programmes takes the files of another folder: spoil a rule there and see it fail.

            EXAMPLES
              quan clauses --programme PROGRAMME --owner ordering
              quan clauses --programme PROGRAMME --check --allow-gap CLAUSE
              quan clauses --programme PROGRAMME --mutate --owner ordering --owner redemption
            """)

    @OptionGroup var place: ScenarioPlaces

    @Option(help: ArgumentHelp("The programme.", valueName: "id"))
    var programme: String

    @Option(help: ArgumentHelp("Only clauses of this owner (ordering, identity, ...); may be repeated.", valueName: "owner"))
    var owner: [String] = []

    @Option(help: ArgumentHelp("Folder with the scenarios of each programme.", valueName: "folder"))
    var scenarios: String?

    @Flag(help: "Check that the scenarios of each clause fail without it.")
    var check = false

    @Flag(help: "Check that a scenario fails for each mutant of the programme.")
    var mutate = false

    @Option(help: ArgumentHelp("Accept that this clause is not served; may be repeated.", valueName: "clause"))
    var allowGap: [String] = []

    func run() throws {
        let source = try place.source(id: programme)
        let loaded = try ProgrammeCommand.Clauses.load(source).programme
        let folder = scenarios ?? Self.scenarioFolder() ?? "Tests/Scenarios"
        let book = try place.book(URL(filePath: folder).appending(path: programme).path, loaded)
        let checker = ClauseCheck(loaded, book)
        for name in checker.broken { print("FAILED \(name)") }
        var failed = checker.broken.count
        if mutate { failed += try mutants(checker, folder) } else { failed += clauses(checker, loaded, try source.book()) }
        if failed > 0, check || mutate { throw ExitCode.failure }
    }

    /// The folder of the scenarios in the repository of the programmes.
    private static func scenarioFolder() -> String? {
        guard let programmes = Programs.programmes() else { return nil }
        let folder = URL(filePath: programmes).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Tests/Scenarios")
        return FileManager.default.fileExists(atPath: folder.path) ? folder.path : nil
    }

    /// Prints the clauses, and returns how many are not held.
    private func clauses(_ checker: ClauseCheck, _ programme: Programme, _ book: ClauseBook) -> Int {
        var (passed, failed) = (0, 0)
        for registry in programme.registries.compactMap({ book.registries[$0] }) {
            for clause in registry.clauses where owner.isEmpty || owner.contains(clause.owner?.rawValue ?? "") {
                let finding = checker.finding(clause)
                let isHeld = isHeld(finding)
                if isHeld { passed += 1 } else { failed += 1 }
                if check && isHeld { continue }
                print("\(check ? "NOT HELD " : "")\(clause.id) (\(clause.owner?.rawValue ?? "-")): \(text(finding))")
                guard !check else { continue }
                print("  \(clause.rule)")
                for part in finding.parts { print("  set at    \(part)") }
                for name in finding.scenarios {
                    print("  scenario  \(name)\(finding.failing.contains(name) ? "" : " (passes without the clause too)")")
                }
            }
        }
        print("\(passed) passed, \(failed) failed")
        return failed
    }

    private func isHeld(_ finding: ClauseCheck.Finding) -> Bool {
        switch finding.outcome {
        case .held: true
        case .elsewhere: !check || allowGap.contains(finding.clause.id) || finding.clause.owner.map { !owner.contains($0.rawValue) } ?? true
        case .notBuilt, .notInFile, .noScenario, .noDifference: allowGap.contains(finding.clause.id)
        }
    }

    private func text(_ finding: ClauseCheck.Finding) -> String {
        switch finding.outcome {
        case .held: "held by \(finding.failing.count) of \(finding.scenarios.count) scenarios"
        case .elsewhere(let owner): "served outside the file by \(owner)"
        case .notBuilt(let reason): "not built: \(reason)"
        case .notInFile: "no part of the file cites it"
        case .noScenario: "no scenario cites it"
        case .noDifference: "its scenarios pass without it too"
        }
    }

    /// Plays the mutants, and returns how many survive without a reason.
    private func mutants(_ checker: ClauseCheck, _ folder: String) throws -> Int {
        let mutants = checker.mutants(owners: Set(owner))
        let file = URL(filePath: folder).appending(path: "\(programme)/equivalent.yml")
        let equivalents = try Equivalents.read(file)
        let begin = ContinuousClock.now
        var (died, survived, excused) = (0, 0, 0)
        for (index, mutant) in mutants.enumerated() {
            if equivalents.reasons[mutant.id] != nil {
                excused += 1
            } else if checker.killer(of: mutant) == nil {
                survived += 1
                print("SURVIVES \(mutant.id)  [\(mutant.clauses.joined(separator: ", "))]")
            } else {
                died += 1
            }
            if index % 100 == 99 { Notice.print("\(index + 1) of \(mutants.count) mutants, \(ContinuousClock.now - begin)") }
        }
        let unknown = equivalents.reasons.keys.filter { id in owner.isEmpty && !mutants.contains { $0.id == id } }.sorted()
        for id in unknown { print("UNKNOWN equivalent mutant: \(id)") }
        if excused * 50 > mutants.count { print("TOO MANY equivalent mutants: \(excused) of \(mutants.count); at most 2 % may be") }
        print("\(mutants.count) mutants: \(died) died, \(excused) change nothing, \(survived) survived")
        return survived + unknown.count + (excused * 50 > mutants.count ? 1 : 0)
    }
}
