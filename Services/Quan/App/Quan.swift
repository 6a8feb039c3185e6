import ArgumentParser

/// The operator's command line. This is its table of contents: each command is a file of `Commands/`.
@main
struct Quan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quan",
        abstract: "Runs and looks after a Quan installation.",
        discussion: """
            Quan runs service-voucher programmes for small and medium enterprises.
            In the repository, start this program with ./quan, which builds it first.
            Two more commands belong to that script itself:
              ./quan test    the tests            ./quan test --help
              ./quan bench   the speed table      ./quan bench --help

            EXAMPLES
              quan up --ephemeral --rehearsal --at 2026-04-01T01:00:00Z
              quan status
              quan clock advance --by 5d
              quan help up

            EXIT CODES
              0   done
              1   something broke; the message says what
              64  a command, option or value that it does not know
            """,
        version: Version.text,
        subcommands: [
            Demo.self, Up.self, ShowStatus.self, ProgrammeCommand.self, Ledger.self, Audit.self, Parked.self, Outbox.self,
            BackupCommand.self, RestoreCommand.self, Clock.self,
            Migrate.self,
            Topics.self, Broker.self, ShowVersion.self,
        ]
    )

    /// Parses the arguments and runs the command, as `ParsableCommand` would, but tells which command was likely meant.
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let mistake = UnknownCommand(in: arguments, commands: configuration.subcommands) { mistake.exit() }
        await main(arguments)
    }
}
