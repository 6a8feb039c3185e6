import Testing

@Suite("ProgrammeStore")
struct ProgrammeStoreTests {}
