import Foundation
import Programme
import Testing

/// A modification of the real file, and the expected fault.
struct FaultCase: Sendable, CustomTestStringConvertible {
    let name: String
    let from: String
    let into: String
    let problem: String
    let remedy: String

    init(_ name: String, _ from: String, _ into: String, says problem: String, remedy: String = "") {
        (self.name, self.from, self.into, self.problem, self.remedy) = (name, from, into, problem, remedy)
    }

    var testDescription: String { name }

    static let all = [
        FaultCase("an unknown key", "limitFrom: tier", "limitFrmo: tier", says: "a cap has no key \"limitFrmo\"", remedy: "limitFrom"),
        FaultCase("an unknown key at the top", "\nwindows:\n", "\nwindoes:\n", says: "no key \"windoes\"", remedy: "windows"),
        FaultCase(
            "a comma without quotes", "en: \"Application form, spreadsheet\"", "en: Application form, spread sheet", says: "no key",
            remedy: "quotes"),
        FaultCase(
            "a rule without a clause", "    clauses: [BJ26-43]\n    refusal: {slug: price", "    refusal: {slug: price",
            says: "a rule cites no clause"),
        FaultCase(
            "an unknown clause", "clauses: [BJ26-43]\n    refusal", "clauses: [BJ26-999]\n    refusal",
            says: "no registry of this programme has the clause \"BJ26-999\""),
        FaultCase(
            "a clause of another city", "clauses: [BJ26-28]\n    reading", "clauses: [GZ20-14]\n    reading", says: "the clause \"GZ20-14\""
        ),
        FaultCase("a reading of another city", "reading: [IN-15]", "reading: [IN-22]", says: "no interpretation \"IN-22\""),
        FaultCase(
            "a share over the whole", "shareBasisPoints: 3000", "shareBasisPoints: 30000", says: "more than 100%", remedy: "10000"),
        FaultCase("a share in percent", "shareBasisPoints: 3000", "shareBasisPoints: 30%", says: "whole number, not \"30%\""),
        FaultCase("a negative amount", "quotaYuan: 200000", "quotaYuan: -200000", says: "must be from 0"),
        FaultCase("money with a fraction", "quotaYuan: 200000", "quotaYuan: 200000.5", says: "whole number", remedy: "digits alone"),
        FaultCase("money in powers", "quotaYuan: 200000", "quotaYuan: 2e5", says: "whole number"),
        FaultCase("money that overflows", "quotaYuan: 200000", "quotaYuan: 92233720368547759", says: "must be from 0"),
        FaultCase("money past every number", "quotaYuan: 200000", "quotaYuan: 99999999999999999999999", says: "must be from 0"),
        FaultCase("yuan and fen together", "quotaYuan: 200000", "quotaYuan: 200000, quotaFen: 1", says: "quotaYuan and quotaFen"),
        FaultCase("a cap without a limit", "    limitFrom: product\n", "", says: "a cap has no limit"),
        FaultCase("a yearly cap without a year", "    limitFrom: tier\n    year: order\n", "    limitFrom: tier\n", says: "needs a year"),
        FaultCase("a limit in another unit", "limitFrom: product", "limitYuan: 5", says: "not in the cap's unit"),
        FaultCase(
            "a cap at a step that reserves nothing", "limitFrom: product\n    reservedAt: order.place",
            "limitFrom: product\n    reservedAt: order.accept", says: "a step that reserves nothing"),
        FaultCase("a deadline without a lapse", "        lapse: {to: expired, ledger: release}\n", "", says: "a deadline has no lapse"),
        FaultCase("a deadline without a length", "        workingDays: 5\n", "", says: "a deadline has no length"),
        FaultCase(
            "a lapse into where it began", "lapse: {to: expired, ledger: release}", "lapse: {to: placed, ledger: release}",
            says: "lapse again"),
        FaultCase(
            "an unreachable step", "command: accept-order, by: [institution], from: [placed]",
            "command: accept-order, by: [institution], from: [contracted]", says: "the step order.record-contract is unreachable"),
        FaultCase(
            "an unreachable state", "from: [contracted], to: completed", "from: [contracted], to: rated",
            says: "the state order.completed is unreachable"),
        FaultCase(
            "a role nobody has", "command: accept-order, by: [institution]", "command: accept-order, by: [instituton]",
            says: "there is no role \"instituton\"", remedy: "institution"),
        FaultCase(
            "a step nobody takes", "reservedAt: order.place\n    clauses: [QUAN-08]", "reservedAt: order.plaec\n    clauses: [QUAN-08]",
            says: "there is no step \"order.plaec\"", remedy: "order.place"),
        FaultCase(
            "a window there is not", "to: entitled, window: ordering", "to: entitled, window: odering",
            says: "there is no window \"odering\"", remedy: "ordering"),
        FaultCase(
            "a list there is not", "values: [dishonest-debtor]\n    at: [order", "values: [dishonest-deptor]\n    at: [order",
            says: "is never \"dishonest-deptor\"", remedy: "dishonest-debtor"),
        FaultCase(
            "a field there is not", "field: contract.price", "field: contract.prise", says: "there is no field contract.prise",
            remedy: "contract.price"),
        FaultCase("a field of another type", "field: contract.price", "field: contract.signedOn", says: "holds date, and amount is needed"),
        FaultCase(
            "a text compared with a day", "[contract.tableOrderedOn, order.placedOn]", "[contract.tableOrderedOn, order.number]",
            says: "can never be equal"),
        FaultCase(
            "money compared with things", "yuan: 8000000", "count: 8000000", says: "holds amount, and count or files or rows is needed"),
        FaultCase(
            "a setting that went", "workingDays: {setting: mending-working-days}", "workingDays: {setting: mending-days}",
            says: "there is no setting \"mending-days\""),
        FaultCase("another time zone", "Asia/Shanghai", "Asia/Tokyo", says: "only Asia/Shanghai is supported"),
        FaultCase("a name too long", "id: programme-budget", "id: \(String(repeating: "9", count: 65))", says: "is not a valid name"),
        FaultCase(
            "a size class there is not", "values: [micro, small, medium]", "values: [micro, small, mediun]", says: "is never \"mediun\"",
            remedy: "medium"),
        FaultCase("a setting there is not", "{setting: budget-yuan}", "{setting: budget}", says: "there is no setting \"budget\""),
        FaultCase("an id given twice", "id: programme-budget", "id: product-stock", says: "another cap has the id product-stock"),
        FaultCase("a step given twice", "id: decline,", "id: accept,", says: "another step accept"),
        FaultCase("a day there is not", "closes: 2026-03-09", "closes: 2026-02-30", says: "there is no day 30 in month 2"),
        FaultCase("a day written otherwise", "closes: 2026-03-09", "closes: 9.3.2026", says: "not a date"),
        FaultCase("a window that ends before it begins", "closes: 2026-03-09", "closes: 2026-01-09", says: "before it opens"),
        FaultCase(
            "a window that depends on itself", "closes: 2026-08-31", "closes: {afterWindow: redemption, calendarDays: 1}",
            says: "depends on itself"),
        FaultCase("a division there is not", "city: \"110000\"", "city: \"119999\"", says: "no division has the code"),
        FaultCase(
            "a kind of condition there is not", "kind: inside-range", "kind: inside-rang", says: "no kind of condition \"inside-rang\"",
            remedy: "inside-range"),
        FaultCase(
            "a key of another kind of condition", "    field: institution.establishedOn\n    years: 1",
            "    field: institution.establishedOn\n    count: 1", says: "no key \"count\""),
        FaultCase(
            "tiers that end with a list", "quotaYuan: 200000, clauses", "lists: [dishonest-debtor], quotaYuan: 200000, clauses",
            says: "the last tier is not the default tier"),
        FaultCase("a key twice", "version: 1\n", "version: 1\nversion: 2\n", says: "version occurs twice here"),
        FaultCase("a bracket left open", "lists:\n  - {id: dishonest-debtor", "lists:\n  - {{id: dishonest-debtor", says: "not YAML"),
        FaultCase(
            "a state nothing leads to", "{id: suspended, zh: 已暂停, en: Suspended}",
            "{id: suspended, zh: 已暂停, en: Suspended}\n      - {id: adrift, zh: 无来路, en: Adrift}",
            says: "the state product.adrift is unreachable"),
        FaultCase(
            "a state nothing leaves", "en: Rejected, final: true}", "en: Rejected}",
            says: "no step or deadline leaves application.rejected",
            remedy: "final: true"),
    ]
}

@Suite("The loader reports problem, position and remedy")
struct LoaderFaultTests {
    private func faults(_ text: String) throws -> [Fault] {
        do {
            _ = try Programme.load(SourceText(name: "altered.yaml", text: text), book: try Files.book())
            return []
        } catch let faults as Faults {
            return faults.all
        }
    }

    private func real() throws -> String {
        try Files.text(Files.programmes.appending(path: "beijing-2026.yaml")).text
    }

    @Test("a fault in the file is reported with its position and remedy", arguments: FaultCase.all)
    func altered(_ faultCase: FaultCase) throws {
        let text = try real()
        let range = try #require(text.range(of: faultCase.from), "the real file has what is to be altered")
        let altered = text.replacingCharacters(in: range, with: faultCase.into)
        let faults = try faults(altered)
        let fault = try #require(faults.first { $0.problem.contains(faultCase.problem) }, "\(faults.map(\.description))")
        #expect(fault.severity == .error)
        #expect(!fault.remedy.isEmpty && (faultCase.remedy.isEmpty || fault.remedy.contains(faultCase.remedy)), "\(fault.remedy)")
        #expect(fault.place.line >= 1 && fault.place.line <= altered.split(separator: "\n", omittingEmptySubsequences: false).count)
        #expect(fault.description.hasPrefix("altered.yaml:\(fault.place.line):\(fault.place.column): error: "))
    }

    @Test("an unknown setting is reported once where it is used")
    func unknownSettingOnce() throws {
        let altered = try real().replacingOccurrences(of: "{setting: public-notice-working-days}", with: "{setting: notice}")
        #expect(try faults(altered).map(\.problem) == Array(repeating: "there is no setting \"notice\"", count: 2))
    }

    @Test("all faults are reported in one pass, in the order of the file")
    func allAtOnce() throws {
        let altered = try real()
            .replacingOccurrences(of: "quotaYuan: 200000", with: "quotaYuan: -1")
            .replacingOccurrences(of: "limitFrom: product", with: "limitFrmo: product")
            .replacingOccurrences(of: "closes: 2026-03-09", with: "closes: 2026-13-09")
            .replacingOccurrences(of: "clauses: [BJ26-27]\n", with: "clauses: [BJ26-270]\n")
        let faults = try faults(altered)
        for problem in ["quotaYuan is -1", "limitFrmo", "a cap has no limit", "2026-13-09", "BJ26-270"] {
            #expect(faults.contains { $0.problem.contains(problem) }, "\(problem) in \(faults.map(\.problem))")
        }
        #expect(faults.map(\.place.line) == faults.map(\.place.line).sorted())
    }

    @Test("a position is exact to the column")
    func exactPlace() throws {
        let text = "programme: x\nversion: 1.5\n"
        let fault = try #require(try faults(text).first { $0.problem.contains("version") })
        #expect(fault.place == SourcePlace(line: 2, column: 10))
    }

    @Test(
        "a text that is not a programme is refused too",
        arguments: [
            "", "   \n", "just a text", "- a\n- b\n", "\u{0}\u{1}", "a: b\n---\nc: d\n", "? [a, b]\n: c\n", "a: &x 1\nb: *x\n",
            "programme: *missing\n", "a: !!binary x\n", "\t\tx: 1", "%YAML 9.9\n---\na: 1\n", "a: \"\\ud800\"", "{{{{{{", "[[[[[[[[",
        ])
    func noProgramme(_ text: String) throws {
        let faults = try faults(text)
        #expect(faults.contains { $0.severity == .error })
        #expect(faults.allSatisfy { $0.place.line >= 1 && $0.place.column >= 1 && !$0.remedy.isEmpty })
    }

    @Test("unbounded YAML aliases are refused before expansion")
    func aliases() throws {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n" }
        text += "? *a60\n: x\n"
        let fault = try #require(try faults(text).first)
        #expect(fault.problem.contains("alias"))
        #expect(fault.place.line == 2)
    }

    @Test("a too deeply nested file is refused")
    func depth() throws {
        let text = "programme: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        #expect(try faults(text).contains { $0.problem.contains("too many levels") || $0.problem.contains("nests") })
        #expect(try faults("a: " + String(repeating: "[", count: 100_000)).contains { $0.severity == .error })
    }

    @Test("a too large file is refused without parsing")
    func size() throws {
        #expect(try faults(String(repeating: "# x\n", count: 300_000)).contains { $0.problem.contains("larger") })
    }

    @Test("stars in texts, quotes and comments are not aliases")
    func starsInTexts() throws {
        let text = try real().replacingOccurrences(
            of: "en: Fixed", with: "en: \"a *star* in quotes\"  # and *one here")
        #expect(try faults(text).isEmpty)
        #expect(try faults("programme: 5 *x\n").allSatisfy { !$0.problem.contains("alias") })
    }
}
