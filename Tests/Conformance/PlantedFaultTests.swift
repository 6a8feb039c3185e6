import Testing

/// The whole suite's eyesight, proved on real services: a fault planted in the asker's own rows, where messaging cannot help.
@Suite("Planted faults", .serialized)
struct PlantedFaultTests {
    @Test("an effect left out is caught")
    func drop() async throws {
        let found = try await Self.violations(spoiling: "drop")
        #expect(found.count == 1)
        #expect(found.allSatisfy { if case .effectMissing = $0 { true } else { false } }, "\(found)")
    }

    @Test("an effect that happens twice is caught")
    func double() async throws {
        let found = try await Self.violations(spoiling: "double")
        #expect(found.count == 1)
        #expect(found.allSatisfy { if case .effectDoubled = $0 { true } else { false } }, "\(found)")
    }

    @Test("two effects that change places are caught")
    func swap() async throws {
        let found = try await Self.violations(spoiling: "swap")
        #expect(found.count == 1)
        #expect(found.allSatisfy { if case .effectOutOfOrder = $0 { true } else { false } }, "\(found)")
    }

    @Test("nothing is caught where nothing is planted")
    func sound() async throws { #expect(try await Self.violations(spoiling: nil).isEmpty) }

    /// One process of each service and a hundred commands to three counters.
    private static func violations(spoiling spoil: String?) async throws -> [Violation] {
        let promises = Promises(seed: 1) { number, _ in PlannedCommand(number: number, counter: "c\(number % 3)", amount: 1) }
        let world = try await World.start("planted-\(spoil ?? "nothing")", on: .embedded, promises: promises, spoil: spoil, crewSize: 1)
        do {
            for crew in world.allCrews { try crew.fill() }
            world.promise(100)
            let found = try await world.rest()
            await world.close(keepingLogs: false)
            return found
        } catch {
            await world.close(keepingLogs: true)
            throw error
        }
    }
}
