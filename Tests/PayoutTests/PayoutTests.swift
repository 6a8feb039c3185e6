import Testing

@Suite("Payout")
struct PayoutTests {}
