import Foundation

/// A trial: a script in Python 3 that uses an installation from outside as a citizen, an officer or an attacker would, and prints PASS or FAIL.
struct TrialScript: Sendable {
    /// How a trial ended.
    enum Verdict: Sendable, Equatable {
        case passed
        case failed(String)
    }

    private static let bank = "QUAN_PAYOUT_BANK_URL"

    let name: String
    let path: String
    /// The bank that the installation is to use, where the script is the bank itself. Its second line names it.
    let bankURL: String?

    init(path: String, text: String) {
        self.path = path
        name = URL(filePath: path).deletingPathExtension().lastPathComponent
        let lines = text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        let named = lines.dropFirst().first.flatMap { $0.firstMatch(of: /QUAN_PAYOUT_BANK_URL=(https?:\/\/[^\s)]+)/)?.1 }
        bankURL = named.map(String.init)
    }

    /// The scripts of a folder, by name.
    static func all(in folder: String) throws -> [TrialScript] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".py") }.sorted()
        return try names.map { name in
            let path = URL(filePath: folder).appending(path: name).path
            return TrialScript(path: path, text: try String(contentsOfFile: path, encoding: .utf8))
        }
    }

    /// Settings of the installation it wants.
    var settings: [String] { bankURL.map { ["\(Self.bank)=\($0)"] } ?? [] }

    /// What its output and its exit status say. The last of its lines that is PASS or FAIL alone counts.
    static func verdict(output: String, status: Int32) -> Verdict {
        let lines = output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let word = lines.last { $0 == "PASS" || $0 == "FAIL" }
        if status == 137 { return .failed("it took too long") }
        guard status == 0 else { return .failed("exit status \(status): \(lines.last.map(shortened) ?? "")") }
        switch word {
        case "PASS": return .passed
        case "FAIL": return .failed(lines.last { $0.hasPrefix("BAD") || $0.hasPrefix("WRONG") }.map(shortened) ?? "it prints FAIL")
        default: return .failed("it prints neither PASS nor FAIL")
        }
    }

    private static func shortened(_ text: String) -> String { text.count > 300 ? text.prefix(300) + "…" : text }
}
