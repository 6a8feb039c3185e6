import Testing

@Suite("Portal")
struct PortalTests {}
