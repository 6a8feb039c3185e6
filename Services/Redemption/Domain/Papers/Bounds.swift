import Kernel

/// How much one application may hold, so that what is told of it always fits a message: each text has its own bound, and these are the numbers of
/// texts.
public enum RedemptionBounds {
    /// The most papers of a step.
    public static let mostPapers = 100
    /// The most receipts.
    public static let mostReceipts = 100
    /// The most invoices.
    public static let mostInvoices = 100
    /// The most payments back.
    public static let mostRefunds = 20

    static func check(_ count: Int, _ name: String, _ most: Int) throws(Refusal) {
        guard count > most else { return }
        throw PlatformRule.malformedMessage.refusal().comparing(name, count, .count).comparing("limit", most, .count)
    }
}
