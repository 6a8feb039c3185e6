import ArgumentParser
import Foundation
import Operations
import Programme
import Scenarios

/// `quan scenario`
struct ScenarioCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenario", abstract: "Plays scenarios of a programme in memory.",
        discussion: """
            A scenario says who does what on which day, and what must come of it. docs/scenarios.md
            describes the format. A folder of scenarios is named after its programme and has a
            cast.yaml. What differs is printed with its line; the exit code is then 1.

            Each scenario is played in one host that keeps everything, and in several hosts that
            exchange messages: first in, first out, and in as many other orders as --seeds says. In
            these, messages of different cases overtake each other, and some are delivered twice.

            EXAMPLES
              quan scenario Tests/Scenarios/beijing-2026
              quan scenario Tests/Scenarios/beijing-2026/orders.yaml --verbose
            """)

    @OptionGroup var place: ScenarioPlaces

    @Option(help: "How many orders of messages are tried.")
    var seeds: UInt64 = 20

    @Flag(help: "Print every event of a scenario that fails.")
    var verbose = false

    @Argument(help: "Folders or files of scenarios.")
    var files: [String]

    func run() throws {
        var (passed, failed) = (0, 0)
        for file in files {
            let programme = try place.programme(of: file)
            for scenario in try place.book(file, programme).scenarios {
                guard let (result, stage) = firstFailure(scenario, programme) else {
                    passed += 1
                    continue
                }
                failed += 1
                print("FAILED \(scenario.place) \(scenario.name)\(stage)")
                for difference in result.differences { print("  \(difference)") }
                if verbose { for line in result.transcript { print("    \(line)") } }
            }
        }
        print("\(passed) passed, \(failed) failed")
        if failed > 0 { throw ExitCode.failure }
    }

    /// The first play that fails, and where; nil if all pass.
    private func firstFailure(_ scenario: Scenario, _ programme: Programme) -> (ScenarioResult, stage: String)? {
        let one = ScenarioPlayer.play(scenario, under: programme)
        guard one.isPassed else { return (one, "") }
        let inOrder = ScenarioPlayer.play(scenario, under: programme, on: .hosts(seed: nil))
        guard inOrder.isPassed else { return (inOrder, " (several hosts)") }
        for seed in 0..<seeds {
            let result = ScenarioPlayer.play(scenario, under: programme, on: .hosts(seed: seed))
            if !result.isPassed { return (result, " (several hosts, seed \(seed))") }
        }
        return nil
    }
}

/// Where programmes and scenarios are.
struct ScenarioPlaces: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder of the programme files; their clauses are in clauses/ there, or with the installed programmes.", valueName: "folder"))
    var programmes: String?

    /// The programme whose id is the name of the folder of a scenario file.
    func programme(of file: String) throws -> Programme {
        try ProgrammeCommand.Clauses.load(try source(id: try folder(of: file).lastPathComponent)).programme
    }

    /// The files of a programme.
    func source(id: String) throws -> ProgrammeSource {
        guard let folder = programmes ?? Programs.programmes() else {
            throw CommandError("no folder of programmes was found; name it with --programmes")
        }
        let file = URL(filePath: folder).appending(path: "\(id).yaml")
        do {
            return try ProgrammeSource.read(file: file, clauseFolder: clauses(beside: URL(filePath: folder)))
        } catch {
            throw CommandError("cannot read \(file.path): \(error.localizedDescription)")
        }
    }

    /// The clause files: those beside the programmes, else those of the repository or installation.
    private func clauses(beside folder: URL) -> URL {
        let own = folder.appending(path: "clauses")
        guard !FileManager.default.fileExists(atPath: own.path), let installed = Programs.programmes() else { return own }
        return URL(filePath: installed).appending(path: "clauses")
    }

    /// The scenarios of a folder or a file.
    func book(_ file: String, _ programme: Programme) throws -> ScenarioBook {
        let folder = try folder(of: file)
        let name = URL(filePath: file).lastPathComponent
        do {
            return try ScenarioBook.read(folder: folder, programme: programme, only: name.hasSuffix(".yaml") ? [name] : [])
        } catch let fault as ScenarioFault {
            throw CommandError(fault.description)
        } catch {
            throw CommandError("cannot read the scenarios in \(folder.path): \(error.localizedDescription)")
        }
    }

    private func folder(of file: String) throws -> URL {
        let place = URL(filePath: file).standardizedFileURL
        guard FileManager.default.fileExists(atPath: place.path) else { throw CommandError("there is no file or folder \(file)") }
        return place.pathExtension == "yaml" ? place.deletingLastPathComponent() : place
    }
}
