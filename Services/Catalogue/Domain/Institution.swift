public import Foundation
public import Kernel
public import Messages
public import Programme

/// An institution in a programme.
public struct Institution: Sendable, Hashable {
    /// Which: an institution may be in several programmes.
    public struct ID: Sendable, Hashable, Comparable {
        /// The programme.
        public let programmeID: String
        /// The organisation's id.
        public let institutionID: UUID

        /// An institution in a programme.
        public init(programmeID: String, institutionID: UUID) { (self.programmeID, self.institutionID) = (programmeID, institutionID) }

        /// The order in which rows are locked.
        public static func < (a: ID, b: ID) -> Bool {
            (a.programmeID, a.institutionID.uuidString) < (b.programmeID, b.institutionID.uuidString)
        }
    }

    /// Whether it takes part.
    public enum Standing: String, Sendable, Hashable, Codable {
        /// It does.
        case admitted
        /// It did.
        case removed
    }

    /// Which.
    public let id: ID
    /// Its name as on its licence.
    public let name: String
    /// Its unified social credit code.
    public let creditCode: String
    /// Whether it takes part.
    public let standing: Standing
    /// How far the programme's procedure `application` has come for its products.
    public let applicationState: String

    /// An institution.
    public init(id: ID, name: String, creditCode: String, standing: Standing, applicationState: String) {
        self.id = id
        self.name = name
        self.creditCode = creditCode
        self.standing = standing
        self.applicationState = applicationState
    }

    /// What other services are told of it.
    public var event: InstitutionChanged {
        InstitutionChanged(
            institutionID: id.institutionID, programmeID: id.programmeID, name: name, creditCode: creditCode, state: standing.rawValue)
    }
}

extension Institution {
    /// The command with which the programme's procedure of admission ends well.
    public static let announcing = "announce-application"
    /// That procedure.
    public static let application = "application"

    /// Takes an institution into a programme, as if its application had been announced: applications come later.
    ///
    /// Who may announce may register (QUAN-10 and the step's clauses). Names are bounded (QUAN-01), the code is well formed (QUAN-12). An
    /// institution that is there already stays as it is; the same id with another code, or the same code with another id, is refused (QUAN-15).
    public static func register(
        _ command: RegisterInstitution, roles: Set<String>, programme: Programme, existing: Institution?, sameCode: Institution?
    ) throws(Refusal) -> Institution {
        let step = try announcement(in: programme, roles: roles)
        let name = try CatalogueText.checked(command.name, "name", atMost: CatalogueText.nameCharacters)
        let code = try code(command.creditCode)
        guard existing?.creditCode ?? code == code, sameCode?.id.institutionID ?? command.institutionID == command.institutionID else {
            throw PlatformRule.stateDoesNotAllow.refusal(
                LocalisedText(
                    zh: "该机构或该统一社会信用代码已以不同信息登记。", en: "This institution, or this credit code, is registered already and differs.")
            ).comparing("creditCode", code, .code)
        }
        return Institution(
            id: ID(programmeID: programme.id, institutionID: command.institutionID), name: name, creditCode: code,
            standing: existing?.standing ?? .admitted, applicationState: existing?.applicationState ?? step.to ?? Procedure.start)
    }

    private static func announcement(in programme: Programme, roles: Set<String>) throws(Refusal) -> Step {
        let step = programme.procedure(application)?.steps.first { $0.command == announcing }
        return try programme.step(
            procedure: application, command: announcing, state: step?.from.first ?? Procedure.start, roles: roles)
    }

    private static func code(_ text: String) throws(Refusal) -> String {
        do {
            return try CreditCode(typed: text).text
        } catch {
            throw PlatformRule.malformedCreditCode.refusal().comparing("length", text.count, .characters)
        }
    }
}
