import Testing

@Suite("Identity")
struct IdentityTests {}
