import ArgumentParser
import Foundation
import Programme

/// `quan programme`
struct ProgrammeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "programme", abstract: "Checks, explains, compares and publishes programme files.",
        discussion: """
            A programme is a file such as Shared/Programmes/beijing-2026.yaml, with the clauses it
            cites in the folder clauses/ beside it. Only `publish` needs an installation that runs.

            EXAMPLES
              quan programme lint Shared/Programmes/beijing-2026.yaml
              quan programme explain BJ26-30
              quan programme diff old/beijing-2026.yaml Shared/Programmes/beijing-2026.yaml
              quan programme publish Shared/Programmes/beijing-2026.yaml --kafka kafka-1:9092
            """,
        subcommands: [Lint.self, Explain.self, Diff.self, Publish.self])

    /// Where the clauses are.
    struct Clauses: ParsableArguments {
        @Option(help: ArgumentHelp("Folder of the clause files; the folder clauses/ beside the programme.", valueName: "folder"))
        var clauses: String?

        /// The files of a programme.
        func source(of file: String) throws -> ProgrammeSource {
            let place = URL(filePath: file)
            let folder = clauses.map { URL(filePath: $0) } ?? place.deletingLastPathComponent().appending(path: "clauses")
            do {
                return try ProgrammeSource.read(file: place, clauseFolder: folder)
            } catch {
                throw Complaint("cannot read \(file) with the clauses in \(folder.path): \(error.localizedDescription)")
            }
        }

        /// A programme that must be well.
        func programme(of file: String) throws -> Programme { try Self.load(try source(of: file)).programme }

        /// Loads it, and tells its faults as a complaint.
        static func load(_ source: ProgrammeSource) throws -> LoadedProgramme {
            do {
                return try source.load()
            } catch {
                throw Complaint(error.description)
            }
        }
    }

    /// `quan programme publish`
    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "publish", abstract: "Publishes programmes to a running installation.",
            discussion: """
                The catalogue takes each file, as it stands, as a version of its programme, and tells
                every service. A version that is published already in the same words is told again; in
                other words it is refused: give the file a new version. Orders and redemptions that
                have begun go on by the version they began under.

                Then it waits until every service has read it. Exit code 1 where a file is refused or
                a service has not read it in time.

                EXAMPLES
                  quan programme publish Shared/Programmes/beijing-2026.yaml
                  quan programme publish Shared/Programmes/*.yaml --kafka kafka-1:9092
                """)

        @OptionGroup var place: InstallationOption

        @OptionGroup var clauses: Clauses

        @Option(help: ArgumentHelp("How long to wait for the services; 0 asks none of them.", valueName: "seconds"))
        var within = 60

        @Argument(help: "The programmes' files.")
        var files: [String]

        func validate() throws {
            guard (0...3600).contains(within) else { throw ValidationError("--within takes 0 to 3600 seconds, not \(within)") }
        }

        func run() async throws {
            let sources = try files.map { try clauses.source(of: $0) }
            // All are looked at before one of them is sent.
            for source in sources { _ = try Clauses.load(source) }
            let installation = try Installation(place)
            for published in try await Publishing.publish(sources, on: installation) {
                print("\(published.programmeID) version \(published.version) is published\(published.isAgain ? ", as it was before" : "")")
                for warning in published.warnings { print("  \(warning)") }
            }
            guard within > 0 else { return }
            try await Publishing.waitUntilKnown(installation, until: .now + .seconds(within))
            print("every service knows \(files.count == 1 ? "it" : "them")")
        }
    }

    /// `quan programme lint`
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint", abstract: "Tells what is wrong with a programme file, where, and how to mend it.")

        @OptionGroup var clauses: Clauses

        @Flag(help: "Take warnings as errors.")
        var strict = false

        @Argument(help: "The programme's file.")
        var file: String

        func run() throws {
            let loaded = try Clauses.load(try clauses.source(of: file))
            loaded.warnings.forEach { print($0) }
            print("\(loaded.programme.id) version \(loaded.programme.version): no errors, \(loaded.warnings.count) warnings")
            if strict, !loaded.warnings.isEmpty { throw ExitCode.failure }
        }
    }

    /// `quan programme explain`
    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain", abstract: "Tells what a clause says, which rules come from it, and where they bite.")

        @OptionGroup var clauses: Clauses

        @Argument(help: "The clause, the reading or the platform's rule: BJ26-30, IN-03, QUAN-08.")
        var clause: String

        @Option(help: ArgumentHelp("The programme's file; all programmes there are when not said.", valueName: "file"))
        var programme: String?

        func run() throws {
            let sources = try files().map { try clauses.source(of: $0) }
            let known = try sources.filter { source in
                let book = try source.book()
                return book.clause(clause) != nil || book.interpretations[clause] != nil
            }
            for source in known.isEmpty ? sources : known {
                print(try Clauses.load(source).programme.explain(clause, book: try source.book()) + "\n")
            }
            if known.isEmpty { throw ExitCode.failure }
        }

        private func files() throws -> [String] {
            if let programme { return [programme] }
            guard let folder = Programs.programmes() else { throw Complaint("no folder of programmes found; name a file with --programme") }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }.sorted()
            return names.map { folder + "/" + $0 }
        }
    }

    /// `quan programme diff`
    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "diff", abstract: "Tells what changes for whom from one programme file to another.")

        @OptionGroup var clauses: Clauses

        @Argument(help: "The programme as it is.")
        var old: String

        @Argument(help: "The programme as it would be.")
        var new: String

        func run() throws { print(try clauses.programme(of: old).diff(to: try clauses.programme(of: new))) }
    }
}
