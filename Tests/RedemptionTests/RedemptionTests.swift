import Testing

@Suite("Redemption")
struct RedemptionTests {}
