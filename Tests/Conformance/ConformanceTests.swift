import Testing

/// The proof of the messaging layer: nothing lost, nothing doubled, nothing swapped, whatever dies.
@Suite("Conformance", .serialized)
struct ConformanceTests {
    @Test("whatever dies, breaks or vanishes, every effect happens once, in order, and nothing is left waiting",
        arguments: ConformanceSettings.backings)
    func everyEffectOnce(backing: Backing) async throws {
        let settings = try ConformanceSettings()
        let report = try await ConformanceRun(settings, on: backing).play()
        #expect(report.violations.isEmpty, "\(report.description)")
        #expect(report.tooRare.isEmpty, "\(report.description)")
        #expect(report.ledger.total >= report.guaranteedTotal, "\(report.description)")
    }
}
