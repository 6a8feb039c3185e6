import ArgumentParser
import Operations

/// `quan version`
struct ShowVersion: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Prints the version.",
        discussion: """
            Prints the name and the version on one line. Quote it in bug reports.

            EXAMPLES
              quan version
            """)

    func run() { print(Version.text) }
}
