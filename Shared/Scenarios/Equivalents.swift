public import Foundation
import Yams

/// The mutants of a programme that change nothing that anybody can see, with reasons.
public struct Equivalents: Sendable {
    /// The reasons by the mutant's id.
    public let reasons: [String: String]

    /// Reads a file with a list of `{mutant: ..., reason: ...}`; nothing where there is no file. Throws a `ScenarioFault`.
    public static func read(_ file: URL) throws -> Equivalents {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return Equivalents(reasons: [:]) }
        guard let node = try Yams.compose(yaml: text, .basic) else { return Equivalents(reasons: [:]) }
        var reasons: [String: String] = [:]
        for entry in Entry(node: node, file: file.lastPathComponent).items {
            try entry.allow(["mutant", "reason"])
            reasons[try entry.required("mutant").text()] = try entry.required("reason").text()
        }
        return Equivalents(reasons: reasons)
    }
}
