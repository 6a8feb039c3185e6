import ArgumentParser
import Foundation

/// A first argument that is not a command, with the most similar command.
struct UnknownCommand {
    private static let demonstration = "demo"
    private static let scriptCommands = [demonstration, "test", "bench"]

    let word: String
    let known: [String]

    /// - Parameters:
    ///   - arguments: the process's arguments without its name.
    ///   - commands: the existing commands.
    /// - Returns: nil if the first argument is a command, an option, or missing.
    init?(in arguments: [String], commands: [any ParsableCommand.Type]) {
        let known = commands.compactMap { $0.configuration.commandName } + ["help"]
        guard let word = arguments.first, !word.hasPrefix("-"), !known.contains(word) else { return nil }
        self.word = word
        self.known = known.sorted()
    }

    /// The error message, with the existing commands.
    var message: String {
        if word == Self.demonstration { return "quan: the demonstration is ./quan demo in the repository, or the program quan-demo" }
        if Self.scriptCommands.contains(word) {
            return "quan: '\(word)' is a command of the script ./quan in the repository, not of this program"
        }
        let lines = [
            "quan: there is no command '\(word)'", "commands: " + known.joined(separator: ", "),
            "commands of the script ./quan: " + Self.scriptCommands.joined(separator: ", "), "see: quan --help",
        ]
        guard let near = nearest else { return lines.joined(separator: "\n") }
        return ([lines[0] + "; did you mean '\(near)'?"] + lines.dropFirst()).joined(separator: "\n")
    }

    /// Prints the message on standard error and ends the process with exit code 64.
    func exit() -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        Foundation.exit(ExitCode.validationFailure.rawValue)
    }

    /// The command with the longest common subsequence of letters, if that is more than half of both words.
    private var nearest: String? {
        (known + Self.scriptCommands).map { (common: Self.commonLetters(word, $0), name: $0) }
            .filter { $0.common * 2 > max(word.count, $0.name.count) }
            .max { $0.common < $1.common }?.name
    }

    private static func commonLetters(_ first: String, _ second: String) -> Int {
        let second = Array(second)
        var previous = Array(repeating: 0, count: second.count + 1)
        for letter in first {
            var current = [0]
            for (index, other) in second.enumerated() {
                current.append(letter == other ? previous[index] + 1 : max(previous[index + 1], current[index]))
            }
            previous = current
        }
        return previous[second.count]
    }
}
