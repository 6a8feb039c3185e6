import Foundation
import Messages

/// Asks ordering whether its ledger is in order.
struct LedgerQuestion: Command {
    static let type = MessageType("ordering", "check-ledger")
}

/// What ordering found in its ledger: a JSON object of counts, and a list `violations`.
struct LedgerFinding {
    private let fields: [String: Any]
    private let text: String

    init(_ text: String) {
        self.text = text
        fields = (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]) ?? [:]
    }

    private var violations: [Any]? { fields["violations"] as? [Any] }

    /// Whether something is wrong; an answer that is not understood is.
    var hasViolations: Bool { violations.map { !$0.isEmpty } ?? true }

    /// A line for each count, then one for each violation.
    var told: String {
        guard let violations else { return "an answer that is not understood: \(text)" }
        let counts = fields.filter { $0.key != "violations" }.sorted { $0.key < $1.key }.map { "\($0.key): \(Self.shown($0.value))" }
        let found = violations.isEmpty ? ["no violations"] : violations.map { "VIOLATION \(Self.shown($0))" }
        return (counts + found).joined(separator: "\n")
    }

    private static func shown(_ value: Any) -> String {
        guard JSONSerialization.isValidJSONObject(value),
            let data = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
        else { return "\(value)" }
        return String(decoding: data, as: UTF8.self)
    }
}
