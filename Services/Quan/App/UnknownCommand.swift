import ArgumentParser
import Foundation

/// A first word that is no command, and the command that it was most likely meant to be.
struct UnknownCommand {
    private static let scriptCommands = ["test", "bench"]

    let word: String
    let known: [String]

    /// - Parameters:
    ///   - arguments: of the process, without its own name.
    ///   - commands: what there is.
    /// - Returns: `nil` when the first argument is a command or an option, or missing.
    init?(in arguments: [String], commands: [any ParsableCommand.Type]) {
        let known = commands.compactMap { $0.configuration.commandName } + ["help"]
        guard let word = arguments.first, !word.hasPrefix("-"), !known.contains(word) else { return nil }
        self.word = word
        self.known = known.sorted()
    }

    /// What is wrong and what there is instead.
    var message: String {
        if Self.scriptCommands.contains(word) {
            return "quan: '\(word)' is a command of the script ./quan in the repository, not of this program"
        }
        let lines = [
            "quan: there is no command '\(word)'", "commands: " + known.joined(separator: ", "),
            "of the script ./quan: " + Self.scriptCommands.joined(separator: ", "), "see: quan --help",
        ]
        guard let near = nearest else { return lines.joined(separator: "\n") }
        return ([lines[0] + "; did you mean '\(near)'?"] + lines.dropFirst()).joined(separator: "\n")
    }

    /// Says so on standard error and ends the process with 64.
    func exit() -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        Foundation.exit(ExitCode.validationFailure.rawValue)
    }

    /// The command that shares the most of its letters, in order, if that is more than half of both.
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
            for (place, other) in second.enumerated() {
                current.append(letter == other ? previous[place] + 1 : max(previous[place + 1], current[place]))
            }
            previous = current
        }
        return previous[second.count]
    }
}
