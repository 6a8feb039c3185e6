import Foundation
import Subprocess
import SystemPackage

/// The exit status and output of a program that a test ran.
struct Command {
    let status: Int32
    let output: String
    let errors: String

    /// The path of the repository, derived from this file's path.
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The path of the operator's command line, built next to the tests.
    static let quan = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "quan").path

    /// The path of the demonstration, built next to the tests.
    static let demo = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "quan-demo").path

    /// Longer than any of these programs needs on a loaded machine.
    static let timeout = Duration.seconds(120)

    /// Runs a program without standard input. It is killed after the deadline, which its status shows.
    static func run(
        _ program: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        within deadline: Duration = timeout
    ) async throws -> Command {
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments),
            environment: .custom(variables.map { Array("\($0.key)=\($0.value)\0".utf8) }), workingDirectory: folder.map { FilePath($0) },
            input: .none, output: .string(limit: .max), error: .string(limit: .max)
        ) { execution in
            Task { [pid = execution.processIdentifier.value] in
                try await Task.sleep(for: deadline)
                kill(pid, SIGKILL)
            }
        }
        result.closureResult.cancel()
        let status =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Command(status: status, output: result.standardOutput, errors: result.standardError)
    }
}
