import Messages

extension LedgerReport {
    /// One line for each count, then one for each violation.
    var summary: String {
        let counts = ["accounts: \(accounts)", "frozen: \(frozen)", "orders: \(orders)", "transfers: \(transfers)"]
        let found = violations.map { "VIOLATION \($0.law) \($0.subject): \($0.detail)" }
        return (counts + (found.isEmpty ? ["no violations"] : found)).joined(separator: "\n")
    }
}
