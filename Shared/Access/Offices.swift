public import Foundation
public import Kernel

/// The offices of the programmes, as a service knows them: the one place where it is judged whether somebody is an officer or a reviewer.
public struct Offices: Sendable {
    /// How they become known.
    public var rule: OfficeRule
    /// Those that have become it by acting, in a rehearsal.
    public private(set) var appointed: [Office.Place: UUID] = [:]

    /// Nobody is an office until a rule says so.
    public init(_ rule: OfficeRule = .listed([])) { self.rule = rule }

    /// Whether an organisation is the office of a programme in a role. False while nobody is.
    public func holds(_ organisation: UUID, _ role: String, in programmeID: String) -> Bool {
        switch rule {
        case .listed(let offices): offices.contains(Office(programmeID: programmeID, role: role, organisation: organisation))
        case .firstToAct: appointed[Office.Place(programmeID: programmeID, role: role)] == organisation
        }
    }

    /// The programmes whose office an organisation is in a role.
    public func programmes(of organisation: UUID, as role: String) -> Set<String> {
        switch rule {
        case .listed(let offices):
            Set(offices.filter { $0.place.role == role && $0.organisation == organisation }.map(\.place.programmeID))
        case .firstToAct: Set(appointed.filter { $0.key.role == role && $0.value == organisation }.map(\.key.programmeID))
        }
    }

    /// Somebody with the roles that count in a programme: those of an office only where the organisation is that office, or may become it by
    /// acting. Throws a `Refusal` under QUAN-10 where no role is left.
    public func judged(_ principal: Principal, in programmeID: String) throws(Refusal) -> Principal {
        try judged(principal) { role in
            holds(principal.organisation, role, in: programmeID)
                || rule == .firstToAct && appointed[Office.Place(programmeID: programmeID, role: role)] == nil
        }
    }

    /// The same for what belongs to no programme: whoever is an office of some programme here counts as one. While a rehearsal has no office
    /// in a role, whoever has the role does.
    public func judgedInAnyProgramme(_ principal: Principal) throws(Refusal) -> Principal {
        try judged(principal) { role in
            !programmes(of: principal.organisation, as: role).isEmpty
                || rule == .firstToAct && !appointed.keys.contains { $0.role == role }
        }
    }

    /// Takes down who has become an office.
    mutating func appoint(_ office: Office) { appointed[office.place] = office.organisation }

    private func judged(_ principal: Principal, _ counts: (String) -> Bool) throws(Refusal) -> Principal {
        let roles = principal.roles.filter { !Office.isRole($0) || counts($0) }
        guard !roles.isEmpty || principal.roles.isEmpty else {
            throw refusal.comparing("roles", principal.roles.sorted().joined(separator: ",").prefix(64).description, .code)
        }
        return Principal(person: principal.person, organisation: principal.organisation, roles: roles)
    }

    private var refusal: Refusal {
        guard case .listed([]) = rule else {
            return PlatformRule.notPermitted.refusal(
                LocalisedText(zh: "（您的单位不是该项目的主管或评审机构）", en: "The caller's organisation is no office of this programme."))
        }
        return PlatformRule.notPermitted.refusal(
            LocalisedText(
                zh: "（本系统尚未设置各项目的主管与评审机构，请运维人员设置 QUAN_OFFICES）",
                en: "This installation has no offices configured; its operator sets QUAN_OFFICES."))
    }
}
