import Kernel

extension Refusal {
    /// The refusal as shown on a terminal: clauses, message, compared numbers and remedy.
    var terminalText: String {
        var lines = ["refused under \(clauses.joined(separator: ", ")) (\(slug)): \(message.en)", "  \(message.zh)"]
        if !numbers.isEmpty { lines.append("  " + numbers.map(\.terminalText).joined(separator: ", ")) }
        if let remedy { lines += ["  \(remedy.en)", "  \(remedy.zh)"] }
        return lines.joined(separator: "\n")
    }
}

extension RefusalNumber {
    fileprivate var terminalText: String {
        switch value {
        case .integer(let number): "\(name): \(number) \(unit.rawValue)"
        case .text(let text): "\(name): \(text)"
        }
    }
}
