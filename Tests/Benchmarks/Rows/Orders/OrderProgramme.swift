import Foundation
import Kernel
import Programme

/// Beijing's programme of the repository, with a fourth cap (an institution's yearly quota), a larger budget, and periods around the
/// current day.
enum OrderProgramme {
    static let id = "beijing-2026"

    static func source(on now: Date) throws -> ProgrammeSource {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../Shared/Programmes").standardized
        func text(_ name: String) throws -> SourceText {
            SourceText(
                name: URL(filePath: name).lastPathComponent, text: try String(contentsOf: folder.appending(path: name), encoding: .utf8))
        }
        let today = try BeijingTime.date(at: now)
        let changes = [
            ("value: 2026-03-30", "value: \(try today.adding(days: -30))"),
            ("through: 2026-12-31", "through: \(try today.adding(days: 120))"),
            ("closes: 2026-08-31", "closes: \(try today.adding(days: 30))"),
            ("notPast: 2026-09-21", "notPast: \(try today.adding(days: 60))"), ("value: 100000000\n", "value: 1000000000000\n"),
            ("\nsubsidy:\n", institutionCap + "\nsubsidy:\n"),
        ]
        var programme = try text("\(id).yaml")
        for (old, new) in changes {
            guard programme.text.contains(old) else { throw BenchmarkError("the programme file does not contain \"\(old)\"") }
            programme = SourceText(name: programme.name, text: programme.text.replacing(old, with: new))
        }
        let source = ProgrammeSource(
            programme: programme, clauses: [try text("clauses/BJ26.yaml")], interpretations: try text("clauses/IN.yaml"))
        do {
            _ = try source.load()
        } catch {
            throw BenchmarkError("cannot load the benchmark's programme: \(error)")
        }
        return source
    }

    private static let institutionCap = """
          - id: institution-year
            zh: 服务机构年度额度
            en: The institution's year
            account: institution-year
            unit: fen
            limitYuan: 1000000000000
            year: order
            reservedAt: order.place
            clauses: [QUAN-08]
            refusal: {slug: institution-year-exhausted}

        """
}
