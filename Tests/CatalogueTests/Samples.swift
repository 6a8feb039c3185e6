import Foundation
import Kernel
import Messages
import Programme
import ProgrammeStore
import Testing

@testable import CatalogueDomain

/// The repository's programme, original and changed, and sample commands under it.
enum Samples {
    static let programmeID = "beijing-2026"
    static let institutionID = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))

    private static let source = Result {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Shared/Programmes")
        return try ProgrammeSource.read(
            file: folder.appending(path: "beijing-2026.yaml"), clauseFolder: folder.appending(path: "clauses"))
    }
    private static let loaded = Result { try source.get().load().programme }

    /// The programme with a change.
    static func programme(_ change: (inout Programme) -> Void = { _ in }) throws -> Programme {
        var programme = try loaded.get()
        change(&programme)
        return programme
    }

    /// The files with a text replacement. Throws where the text is not found, because a test without its change could not fail.
    static func files(_ old: String = "\nversion: 1\n", _ new: String = "\nversion: 1\n") throws -> ProgrammeFiles {
        let source = try source.get()
        try #require(source.programme.text.contains(old))
        return ProgrammeFiles(
            ProgrammeSource(
                programme: SourceText(name: source.programme.name, text: source.programme.text.replacing(old, with: new)),
                clauses: source.clauses, interpretations: source.interpretations))
    }

    static func creditCode(_ number: Int = 1) -> String {
        let body = "91110108MA" + String(1_000_000 + number)
        return body + String(CreditCode.checkCharacter(for: body) ?? "?")
    }

    static func register(
        _ id: UUID = institutionID, programme: String = programmeID, name: String = "北京数智服务有限公司", code: String = creditCode()
    ) -> RegisterInstitution {
        RegisterInstitution(institutionID: id, programmeID: programme, name: name, creditCode: code)
    }

    static func institution(_ standing: Institution.Standing = .admitted, application: String = "announced") -> Institution {
        Institution(
            id: Institution.ID(programmeID: programmeID, institutionID: institutionID), name: "北京数智服务有限公司", creditCode: creditCode(),
            standing: standing, applicationState: application)
    }

    static func list(
        institution: UUID = institutionID, name: String = "智能排产系统", category: String = "digital-systems",
        service: String? = "industrial-software", low: Int64 = 1_000_000, high: Int64 = 5_000_000, stock: Int64 = 20
    ) -> ListProduct {
        ListProduct(
            programmeID: programmeID, institutionID: institution, name: name, category: category, service: service, guideLowFen: Fen(low),
            guideHighFen: Fen(high), stockVouchers: stock)
    }

    static func product(_ state: String = "listed") throws -> Product {
        var product = try ProductListing.list(
            list(), id: UUID(), roles: ["officer"], institution: institution(), programme: programme(), circumstances())
        product.state = state
        return product
    }

    static func circumstances() throws -> Circumstances { Circumstances(now: try instant("2026-04-01")) }
}

/// Ten o'clock in the morning of a day in Beijing.
func instant(_ day: String) throws -> Date { BeijingTime.startOfDay(try CalendarDate(day)).addingTimeInterval(36_000) }

/// The refusal that `body` throws, or nil.
func refusal(_ body: () throws -> some Any) throws -> Refusal? {
    do {
        _ = try body()
        return nil
    } catch let refusal as Refusal {
        return refusal
    }
}

extension Programme {
    /// Changes a step of the procedure `product`.
    mutating func change(_ step: String, _ change: (inout Step) -> Void) {
        for procedure in procedures.indices where procedures[procedure].id == "product" {
            for index in procedures[procedure].steps.indices where procedures[procedure].steps[index].id == step {
                change(&procedures[procedure].steps[index])
            }
        }
    }
}
