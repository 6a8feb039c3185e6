import ArgumentParser
import Foundation
import Operations
import Programme

/// `quan programme`
struct ProgrammeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "programme", abstract: "Checks, explains, compares, draws and publishes programme files.",
        discussion: """
            A programme is a file such as Shared/Programmes/beijing-2026.yaml, with the clauses it
            cites in the folder clauses/ next to it. Only `publish` needs a running installation.

            EXAMPLES
              quan programme lint Shared/Programmes/beijing-2026.yaml
              quan programme explain BJ26-30
              quan programme diff old/beijing-2026.yaml Shared/Programmes/beijing-2026.yaml
              quan programme graph Shared/Programmes/beijing-2026.yaml --procedure order
              quan programme publish Shared/Programmes/beijing-2026.yaml --kafka kafka-1:9092
            """,
        subcommands: [Lint.self, Explain.self, Diff.self, Graph.self, Publish.self])

    /// Selects the clause files.
    struct Clauses: ParsableArguments {
        @Option(help: ArgumentHelp("Folder of the clause files; clauses/ next to the programme by default.", valueName: "folder"))
        var clauses: String?

        /// Reads the files of a programme. Throws a `CommandError` if that fails.
        func source(of file: String) throws -> ProgrammeSource {
            let place = URL(filePath: file)
            let folder = clauses.map { URL(filePath: $0) } ?? place.deletingLastPathComponent().appending(path: "clauses")
            do {
                return try ProgrammeSource.read(file: place, clauseFolder: folder)
            } catch {
                throw CommandError("cannot read \(file) with the clauses in \(folder.path): \(error.localizedDescription)")
            }
        }

        /// Loads a valid programme.
        func programme(of file: String) throws -> Programme { try Self.load(try source(of: file)).programme }

        /// Loads a programme. Throws a `CommandError` with its faults.
        static func load(_ source: ProgrammeSource) throws -> LoadedProgramme {
            do {
                return try source.load()
            } catch {
                throw CommandError(error.description)
            }
        }
    }

    /// `quan programme publish`
    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "publish", abstract: "Publishes programmes to a running installation.",
            discussion: """
                The catalogue records each file as a version of its programme and publishes it to
                every service. Publishing an identical version again is allowed; a changed file with
                the same version is refused and needs a new version. Orders and redemptions keep the
                version under which they began.

                Then it waits until every service has read the versions. Exit code 1 if a file is
                refused or a service has not read it in time.

                EXAMPLES
                  quan programme publish Shared/Programmes/beijing-2026.yaml
                  quan programme publish Shared/Programmes/*.yaml --kafka kafka-1:9092
                """)

        @OptionGroup var place: InstallationOption

        @OptionGroup var clauses: Clauses

        @Option(help: ArgumentHelp("Timeout for the services to read the programmes; 0 does not wait.", valueName: "seconds"))
        var within = 60

        @Argument(help: "The programme files.")
        var files: [String]

        func validate() throws {
            guard (0...3600).contains(within) else { throw ValidationError("--within must be from 0 to 3600 seconds, not \(within)") }
        }

        func run() async throws {
            let sources = try files.map { try clauses.source(of: $0) }
            // All files are checked before the first is published.
            for source in sources { _ = try Clauses.load(source) }
            let installation = try Installation(place)
            for published in try await ProgrammePublisher.publish(sources, on: installation) {
                print("\(published.programmeID) version \(published.version) is published\(published.isAgain ? ", unchanged" : "")")
                for warning in published.warnings { print("  \(warning)") }
            }
            guard within > 0 else { return }
            try await ProgrammePublisher.waitUntilRead(installation, until: .now + .seconds(within))
            print("every service has read \(files.count == 1 ? "it" : "them")")
        }
    }

    /// `quan programme lint`
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint", abstract: "Shows the errors and warnings of a programme file, and how to fix them.")

        @OptionGroup var clauses: Clauses

        @Flag(help: "Treat warnings as errors.")
        var strict = false

        @Argument(help: "The programme file.")
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
            commandName: "explain", abstract: "Shows a clause, the rules derived from it, and where they apply.")

        @OptionGroup var clauses: Clauses

        @Argument(help: "The clause, the interpretation or the platform's rule: BJ26-30, IN-03, QUAN-08.")
        var clause: String

        @Option(help: ArgumentHelp("The programme file; all programmes by default.", valueName: "file"))
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
            guard let folder = Programs.programmes() else { throw CommandError("no programmes folder found; name a file with --programme") }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }.sorted()
            return names.map { folder + "/" + $0 }
        }
    }

    /// `quan programme diff`
    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "diff", abstract: "Shows what changes, and for whom, between two programme files.")

        @OptionGroup var clauses: Clauses

        @Argument(help: "The current programme file.")
        var old: String

        @Argument(help: "The changed programme file.")
        var new: String

        func run() throws { print(try clauses.programme(of: old).diff(to: try clauses.programme(of: new))) }
    }
}
