import Testing

@testable import Programme

@Suite("Lint of the steps that the platform takes")
struct CauseLintTests {
    private static let mistakes: [(from: String, into: String, says: String)] = [
        ("cause: {after: open}, from: [due]", "cause: {after: open, answer: a.b}, from: [due]", "a cause has answer and after"),
        ("cause: {after: open}, from: [due]", "cause: {after: opne}, from: [due]", "there is no step"),
        ("cause: {after: open}, from: [due]", "by: [clerk], cause: {after: open}, from: [due]", "has a cause and is for clerk too"),
        ("cause: {after: open}, from: [due], to: checked", "cause: {after: open}, from: [due]", "can stay in its state"),
        ("otherwise: refuse", "otherwise: confirm", "in place of payment.check, and by its own cause"),
        ("by: [platform], from: [due], to: refused", "by: [platform], from: [checked], to: refused", "it does not lead from due"),
        ("also: [loan.lose]", "also: [loan.return]", "whose cause it is not"),
        ("also: [loan.lose], ", "", "which does not name it under `also`"),
        ("also: [loan.lose]", "also: [payment.refuse]", "is no ancestor of inspection"),
        ("also: [loan.lose]", "also: [inspection.pass]", "no step of another procedure"),
        (
            "amount: loan.deposit\n    states:\n      - {id: requested",
            "amount: loan.deposit\n    of: review\n    states:\n      - {id: requested",
            "its own ancestor"
        ),
        ("reached: [passed], since: lend", "reached: [passed], is: [open]", "a need has is and reached"),
        ("reached: [passed], since: lend", "since: lend", "a need has no states"),
        ("reached: [passed], since: lend", "reached: [psased]", "there is no state"),
        ("every: {is: [submitted]}, least: 2", "every: {is: [submitted]}, least: 0", "must be from 1"),
    ]

    private static func load(_ text: String) throws -> LoadedProgramme {
        try Programme.load(SourceText(name: "lending-desk.yaml", text: text), book: ClauseBook(registries: [], interpretations: []))
    }

    @Test("the file itself has no error")
    func none() throws {
        #expect(try Self.load(LendingDesk.text).programme.procedures.count == 5)
    }

    @Test("each mistake is an error with place and remedy", arguments: mistakes.indices)
    func mistake(_ index: Int) throws {
        let mistake = Self.mistakes[index]
        #expect(LendingDesk.text.contains(mistake.from))
        let faults = #expect(throws: Faults.self) { try Self.load(LendingDesk.text.replacing(mistake.from, with: mistake.into)) }
        let found = faults?.all.first { $0.problem.contains(mistake.says) }
        #expect(found != nil && found?.remedy.isEmpty == false && (found?.place.line ?? 0) > 0, "\(faults?.description ?? "")")
    }

    @Test("steps that cause each other are an error")
    func cycle() throws {
        let text = LendingDesk.text.replacing(
            "{id: confirm, zh: 到账, en: Confirm, cause: {answer: bank.confirmed}, from: [checked], to: paid",
            with:
                "{id: again, zh: 再来, en: Again, cause: {after: check}, from: [checked], to: due, clauses: [QUAN-15]}\n      - {id: confirm, zh: 到账, en: Confirm, cause: {answer: bank.confirmed}, from: [checked], to: paid"
        ).replacing("cause: {after: open}, from: [due]", with: "cause: {after: again}, from: [due]")
        let faults = #expect(throws: Faults.self) { try Self.load(text) }
        #expect(faults?.all.contains { $0.problem.contains("causes itself") } == true, "\(faults?.description ?? "")")
    }
}
