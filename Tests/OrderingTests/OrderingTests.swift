import Testing

@Suite("Ordering")
struct OrderingTests {}
