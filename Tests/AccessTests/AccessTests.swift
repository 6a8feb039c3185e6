import Testing

@Suite("Access")
struct AccessTests {}
