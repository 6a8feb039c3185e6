import Foundation
import Kernel
import PayoutDomain
import Programme
import Testing

/// The programme beijing-2026 of the repository, actors, and disbursements in each state.
enum Samples {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func source() throws -> ProgrammeSource { try loadedSource.get() }
    static func programme() throws -> Programme { try loaded.get() }

    private static let loadedSource = Result {
        let folder = root.appending(path: "Shared/Programmes")
        return try ProgrammeSource.read(
            file: folder.appending(path: "beijing-2026.yaml"), clauseFolder: folder.appending(path: "clauses"))
    }
    private static let loaded = Result { try loadedSource.get().load().programme }

    static let institution = UUID(uuid: (1, 2, 3, 4, 5, 6, 0x47, 8, 0x89, 10, 11, 12, 13, 14, 15, 16))
    static let bureau = UUID(uuid: (2, 2, 3, 4, 5, 6, 0x47, 8, 0x89, 10, 11, 12, 13, 14, 15, 16))
    static let wang = Actor(person: "wang", organisation: bureau, roles: ["officer"])
    static let zhao = Actor(person: "zhao", organisation: bureau, roles: ["officer"])
    static let supplier = Actor(person: "li", organisation: institution, roles: ["institution"])
    static let now = Date(timeIntervalSince1970: 1_788_220_800)
    static let payee = Payee(
        institutionID: institution, accountName: "北京数智服务有限公司", bankCode: "102100099996", maskedAccount: "****1234",
        encryptedAccount: [1, 2, 3], fingerprint: "f1")
    static let names = RegisteredNames([RegisteredNames.Registration(name: "北京数智服务有限公司", isAdmitted: true)])

    /// The met prerequisites of a disbursement.
    static func opening(order: UUID = UUID(), amountFen: Int64 = 3_000_000) -> Opening {
        Opening(
            orderID: order,
            posted: Opening.OrderFacts(
                programmeID: "beijing-2026", programmeVersion: 1, institutionID: institution, institutionName: "北京数智服务有限公司"),
            redemptionState: "approved", amountFen: Fen(amountFen))
    }

    /// A due disbursement.
    static func due(amountFen: Int64 = 3_000_000) throws -> Disbursement {
        try #require(opening(amountFen: amountFen).disbursement(in: try programme(), at: now)).0
    }

    /// A disbursement batched by Wang.
    static func batched() throws -> Disbursement {
        var disbursement = try due()
        _ = try disbursement.batch(UUID(), payee: payee, names: names, by: wang, in: try programme())
        return disbursement
    }

    /// A sent disbursement with its claimed instruction.
    static func sent() throws -> (Disbursement, Instruction) {
        var disbursement = try batched()
        let programme = try programme()
        var instruction = try #require(try disbursement.approve(names: names, by: zhao, in: programme).1)
        #expect(instruction.claim(at: now) == .post)
        _ = try disbursement.send(in: programme)
        return (disbursement, instruction)
    }

    /// A paid disbursement.
    static func paid() throws -> Disbursement {
        var (disbursement, instruction) = try sent()
        let update = instruction.apply(.booked(reference: "BK1", amountFen: disbursement.amountFen), patience: 60, at: now)
        _ = try disbursement.apply(update, of: instruction, in: try programme())
        #expect(disbursement.state == "paid")
        return disbursement
    }
}

extension Programme {
    /// The programme with a step of the procedure `payout` altered.
    func altering(_ step: String, _ change: (inout Step) -> Void) throws -> Programme {
        var altered = self
        let procedure = try #require(procedures.firstIndex { $0.id == "payout" })
        let index = try #require(procedures[procedure].steps.firstIndex { $0.id == step })
        change(&altered.procedures[procedure].steps[index])
        return altered
    }
}

/// The refusal that the body throws; nil if it throws none.
func refusal(_ body: () throws -> Void) -> Refusal? {
    do {
        try body()
        return nil
    } catch {
        return error as? Refusal
    }
}
