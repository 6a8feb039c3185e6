import Foundation

/// A trial: a black-box test in Python 3, which uses an installation like a user or an attacker and prints PASS or FAIL.
struct TrialScript: Sendable {
    /// The result of a trial.
    enum Verdict: Sendable, Equatable {
        case passed
        case failed(String)
    }

    private static let bank = "QUAN_PAYOUT_BANK_URL"

    let name: String
    let path: String
    /// The bank's URL for the installation, read from the script's second line, if the script itself is the bank; nil otherwise.
    let bankURL: String?

    init(path: String, text: String) {
        self.path = path
        name = URL(filePath: path).deletingPathExtension().lastPathComponent
        let lines = text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        let named = lines.dropFirst().first.flatMap { $0.firstMatch(of: /QUAN_PAYOUT_BANK_URL=(https?:\/\/[^\s)]+)/)?.1 }
        bankURL = named.map(String.init)
    }

    /// The scripts in a folder, sorted by name.
    static func all(in folder: String) throws -> [TrialScript] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".py") }.sorted()
        return try names.map { name in
            let path = URL(filePath: folder).appending(path: name).path
            return TrialScript(path: path, text: try String(contentsOfFile: path, encoding: .utf8))
        }
    }

    /// The installation's settings for this trial.
    var settings: [String] { bankURL.map { ["\(Self.bank)=\($0)"] } ?? [] }

    /// The verdict of an output and exit status. The last line that consists of PASS or FAIL counts.
    static func verdict(output: String, status: Int32) -> Verdict {
        let lines = output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let word = lines.last { $0 == "PASS" || $0 == "FAIL" }
        if status == 137 { return .failed("timed out") }
        guard status == 0 else { return .failed("exit status \(status): \(lines.last.map(shortened) ?? "")") }
        switch word {
        case "PASS": return .passed
        case "FAIL": return .failed(lines.last { $0.hasPrefix("BAD") || $0.hasPrefix("WRONG") }.map(shortened) ?? "it prints FAIL")
        default: return .failed("it prints neither PASS nor FAIL")
        }
    }

    private static func shortened(_ text: String) -> String { text.count > 300 ? text.prefix(300) + "…" : text }
}
