import Testing

/// Proves that the suite detects violations: faults planted in the asker's own rows, where messaging cannot prevent them.
@Suite("Planted faults", .serialized)
struct PlantedFaultTests {
    @Test("a missing effect is detected")
    func drop() async throws {
        let found = try await Self.violations(planting: "drop")
        #expect(found.count == 1)
        #expect(found.allSatisfy { if case .effectMissing = $0 { true } else { false } }, "\(found)")
    }

    @Test("a duplicated effect is detected")
    func double() async throws {
        let found = try await Self.violations(planting: "double")
        #expect(found.count == 1)
        #expect(found.allSatisfy { if case .effectDuplicated = $0 { true } else { false } }, "\(found)")
    }

    @Test("two effects in the wrong order are detected")
    func swap() async throws {
        let found = try await Self.violations(planting: "swap")
        #expect(found.count == 1)
        #expect(found.allSatisfy { if case .effectOutOfOrder = $0 { true } else { false } }, "\(found)")
    }

    @Test("without a planted fault no violation is detected")
    func correct() async throws { #expect(try await Self.violations(planting: nil).isEmpty) }

    /// One process of each service and a hundred commands to three counters.
    private static func violations(planting fault: String?) async throws -> [Violation] {
        let submitter = CommandSubmitter(seed: 1) { number, _ in PlannedCommand(number: number, counter: "c\(number % 3)", amount: 1) }
        let testbed = try await Testbed.start(
            "planted-\(fault ?? "nothing")", on: .embedded, submitter: submitter, plantedFault: fault, instancesPerService: 1)
        do {
            for instances in testbed.allInstanceGroups { try await instances.startMissing() }
            testbed.submit(100)
            let found = try await testbed.violationsAtQuiescence()
            await testbed.close(keepingLogs: false)
            return found
        } catch {
            await testbed.close(keepingLogs: true)
            throw error
        }
    }
}
