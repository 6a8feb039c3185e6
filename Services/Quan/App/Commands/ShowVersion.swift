import ArgumentParser

/// `quan version`
struct ShowVersion: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Prints the version.",
        discussion: """
            One line, the name and the version: it is what to put into a report of a fault.

            EXAMPLES
              quan version
            """)

    func run() { print(Version.text) }
}
