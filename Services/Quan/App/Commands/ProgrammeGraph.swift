import ArgumentParser
import Programme

extension ProgrammeCommand {
    /// `quan programme graph`
    struct Graph: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "graph", abstract: "Prints the procedures of a programme file as state diagrams.",
            discussion: """
                Each procedure is one diagram. A step is an edge with its name, the roles that may
                take it, the required states of other procedures, its effects on the ledger, and its
                clauses. A deadline is an edge to the state that it lapses into.

                A Mermaid text may contain only one diagram: name it with --procedure.

                EXAMPLES
                  quan programme graph Shared/Programmes/beijing-2026.yaml --procedure order
                  quan programme graph Shared/Programmes/beijing-2026.yaml --format dot
                """)

        enum Format: String, CaseIterable, ExpressibleByArgument {
            case mermaid
            case dot
        }

        @OptionGroup var clauses: Clauses

        @Option(help: ArgumentHelp("The procedure; all procedures by default.", valueName: "id"))
        var procedure: String?

        @Option(help: "The format of the diagrams.")
        var format = Format.mermaid

        @Argument(help: "The programme file.")
        var file: String

        func run() throws {
            let all = try clauses.programme(of: file).procedures
            let chosen = all.filter { procedure == nil || $0.id == procedure }
            if let procedure, chosen.isEmpty {
                throw ValidationError("--procedure must be one of \(all.map(\.id).joined(separator: ", ")), not \(procedure)")
            }
            let diagrams = chosen.map { format == .dot ? ProcedureGraph.dot(of: $0) : ProcedureGraph.mermaid(of: $0) }
            print(diagrams.joined(separator: "\n\n"))
        }
    }
}
