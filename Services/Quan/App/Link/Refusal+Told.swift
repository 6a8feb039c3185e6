import Kernel

extension Refusal {
    /// The refusal as a terminal shows it: the clauses, what was compared, and the remedy.
    var told: String {
        var lines = ["refused under \(clauses.joined(separator: ", ")) (\(slug)): \(message.en)", "  \(message.zh)"]
        if !numbers.isEmpty { lines.append("  " + numbers.map(\.told).joined(separator: ", ")) }
        if let remedy { lines += ["  \(remedy.en)", "  \(remedy.zh)"] }
        return lines.joined(separator: "\n")
    }
}

extension RefusalNumber {
    fileprivate var told: String {
        switch value {
        case .integer(let number): "\(name): \(number) \(unit.rawValue)"
        case .text(let text): "\(name): \(text)"
        }
    }
}
