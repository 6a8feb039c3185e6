/// A computation that a step of a procedure names under `uses`. The list is closed: each is written in Swift, typed and pure.
public enum Capability: String, Sendable, Hashable, Codable, CaseIterable {
    /// Reads an enterprise's particulars: checks its code and figures, and gives its size class and its tier.
    case sizeClass = "size-class"
    /// Gives a new order its number, its day, and the names of its parties.
    case orderNumber = "order-number"
    /// Checks that an order asks for at most the share of the product's upper guide price.
    case expectedVoucher = "expected-voucher"
    /// Checks a contract's period, price and amounts, and decides how much of its voucher the order holds.
    case contractVoucher = "contract-voucher"
    /// Lets an order hold the voucher amount that its contract takes.
    case confirmedVoucher = "confirmed-voucher"
    /// Lets an order hold no more than was ordered, while its contract is disputed.
    case disputedVoucher = "disputed-voucher"
    /// Checks that files, invoices and receipts serve one case only, and are not dated in the future.
    case uniquePapers = "unique-papers"
    /// Gives what the enterprise paid after refunds.
    case netReceipts = "net-receipts"
    /// Compares papers with the recorded contract, and calculates the subsidy.
    case calculatedSubsidy = "calculated-subsidy"
    /// Compares papers with the recorded contract again.
    case sameContract = "same-contract"
    /// Checks the amount that a reviewer determines.
    case determinedAmount = "determined-amount"
    /// Adds what is to be returned of a payment; never more than was paid.
    case owedReturn = "owed-return"
    /// Adds what was returned of a payment; never more than is owed.
    case receivedReturn = "received-return"

    /// Whether it gives fields that the rules of the step may ask for. The others run after the rules.
    public var precedesRules: Bool {
        switch self {
        case .sizeClass, .orderNumber, .netReceipts: true
        case .expectedVoucher, .contractVoucher, .confirmedVoucher, .disputedVoucher, .uniquePapers, .calculatedSubsidy, .sameContract,
            .determinedAmount, .owedReturn, .receivedReturn:
            false
        }
    }
}
