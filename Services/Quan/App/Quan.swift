import ArgumentParser
import Operations

/// The operator's command line and its list of commands; each command is a file in `Commands/`.
@main
struct Quan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quan",
        abstract: "Runs and operates a Quan installation.",
        discussion: """
            Quan runs service-voucher programmes for small and medium enterprises.
            In the repository, start this program with ./quan, which builds it first.
            The script itself has more commands (./quan help lists them):
              ./quan demo    the demonstration    ./quan demo --help
              ./quan test    the tests            ./quan test --help
              ./quan bench   the benchmarks       ./quan bench --help
            The demonstration is a program of its own, quan-demo.

            EXAMPLES
              quan up --ephemeral --rehearsal --at 2026-04-01T01:00:00Z
              quan status
              quan clock advance --by 5d
              quan help up

            EXIT CODES
              0   success
              1   failure, or a problem was found; see the message
              64  unknown command, option or value, or a refused setting
            """,
        version: Version.text,
        subcommands: [
            Up.self, ShowStatus.self, ProgrammeCommand.self, ScenarioCommand.self, ClausesCommand.self, Ledger.self, Audit.self,
            Parked.self, Outbox.self,
            BackupCommand.self, RestoreCommand.self, Clock.self,
            Migrate.self,
            Topics.self, Broker.self, ShowVersion.self,
        ]
    )

    /// Parses the arguments and runs the command, and suggests a similar command for an unknown one.
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let mistake = UnknownCommand(in: arguments, commands: configuration.subcommands) { mistake.exit() }
        await runAsProgram(arguments)
    }
}
