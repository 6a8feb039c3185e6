import Testing

/// Tests messaging's guarantees under faults: no message is lost, duplicated or out of order.
@Suite("Conformance", .serialized)
struct ConformanceTests {
    @Test(
        "under faults of processes, databases and brokers every event is applied once and in order, and no work is left unfinished",
        arguments: ConformanceSettings.brokerKinds)
    func everyEffectOnce(brokerKind: BrokerKind) async throws {
        let settings = try ConformanceSettings()
        let report = try await ConformanceRun(settings, on: brokerKind).run()
        #expect(report.violations.isEmpty, "\(report.description)")
        #expect(report.tooRare.isEmpty, "\(report.description)")
        #expect(report.counts.total >= report.guaranteedTotal, "\(report.description)")
    }
}
