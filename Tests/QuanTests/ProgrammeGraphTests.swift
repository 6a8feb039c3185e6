import Testing

@Suite("quan programme graph")
struct ProgrammeGraphTests {
    private static let file = Command.repository + "/Shared/Programmes/beijing-2026.yaml"

    @Test("it prints every procedure in Mermaid by default, and one procedure in another format when asked")
    func diagrams() async throws {
        let all = try await Command.run(Command.quan, ["programme", "graph", Self.file])
        #expect(all.status == 0, "\(all.errors)")
        #expect(all.output.split(separator: "\n").count { $0 == "stateDiagram-v2" } == 6)
        let one = try await Command.run(Command.quan, ["programme", "graph", Self.file, "--procedure", "order", "--format", "dot"])
        #expect(one.status == 0, "\(one.errors)")
        #expect(one.output.split(separator: "\n").filter { $0.hasPrefix("digraph") } == ["digraph \"order\" {"])
    }

    @Test("an unknown procedure is refused with 64 and the known ones, an unknown format with 64 and the two formats")
    func unknown() async throws {
        let procedure = try await Command.run(Command.quan, ["programme", "graph", Self.file, "--procedure", "orders"])
        #expect(procedure.status == 64)
        #expect(procedure.output.isEmpty)
        #expect(procedure.errors.contains("one of registration, application, product, order, redemption, payout, not orders"))
        let format = try await Command.run(Command.quan, ["programme", "graph", Self.file, "--format", "svg"])
        #expect(format.status == 64)
        #expect(format.errors.contains("mermaid") && format.errors.contains("dot"), "\(format.errors)")
    }
}
