public import Foundation
public import Kernel

/// The offices of the programmes that a service knows. The only place that decides whether a caller acts as an officer or a reviewer.
public struct Offices: Sendable {
    /// How offices are determined.
    public var rule: OfficeRule
    /// The offices of a rehearsal: the organisations that were first to act.
    public private(set) var appointed: [Office.Position: UUID] = [:]

    /// Without a rule no organisation is an office.
    public init(_ rule: OfficeRule = .listed([])) { self.rule = rule }

    /// Whether an organisation is the office of a programme in a role.
    public func isOffice(_ organisation: UUID, _ role: String, in programmeID: String) -> Bool {
        switch rule {
        case .listed(let offices): offices.contains(Office(programmeID: programmeID, role: role, organisation: organisation))
        case .firstToAct: appointed[Office.Position(programmeID: programmeID, role: role)] == organisation
        }
    }

    /// The programmes in which an organisation is the office for a role.
    public func programmes(of organisation: UUID, as role: String) -> Set<String> {
        switch rule {
        case .listed(let offices):
            Set(offices.filter { $0.position.role == role && $0.organisation == organisation }.map(\.position.programmeID))
        case .firstToAct: Set(appointed.filter { $0.key.role == role && $0.value == organisation }.map(\.key.programmeID))
        }
    }

    /// The principal with only the roles that are effective in a programme: an office's role only if the organisation is that office, or
    /// may become it by acting first. Throws a `Refusal` under QUAN-10 if no role is left.
    public func effectivePrincipal(_ principal: Principal, in programmeID: String) throws(Refusal) -> Principal {
        try restricted(principal) { role in
            isOffice(principal.organisation, role, in: programmeID)
                || rule == .firstToAct && appointed[Office.Position(programmeID: programmeID, role: role)] == nil
        }
    }

    /// The same for a command that belongs to no programme: an office of any programme keeps its role. While a rehearsal has no office for
    /// a role, every caller keeps that role.
    public func effectivePrincipalInAnyProgramme(_ principal: Principal) throws(Refusal) -> Principal {
        try restricted(principal) { role in
            !programmes(of: principal.organisation, as: role).isEmpty
                || rule == .firstToAct && !appointed.keys.contains { $0.role == role }
        }
    }

    /// Records an appointed office.
    mutating func appoint(_ office: Office) { appointed[office.position] = office.organisation }

    private func restricted(_ principal: Principal, _ isEffective: (String) -> Bool) throws(Refusal) -> Principal {
        let roles = principal.roles.filter { !Office.isRole($0) || isEffective($0) }
        guard !roles.isEmpty || principal.roles.isEmpty else {
            throw refusal.comparing("roles", principal.roles.sorted().joined(separator: ",").prefix(64).description, .code)
        }
        return Principal(person: principal.person, organisation: principal.organisation, roles: roles)
    }

    private var refusal: Refusal {
        guard case .listed([]) = rule else {
            return PlatformRule.notPermitted.refusal(
                LocalisedText(zh: "（您的单位不是该项目的主管或评审机构）", en: "The caller's organisation is not an office of this programme."))
        }
        return PlatformRule.notPermitted.refusal(
            LocalisedText(
                zh: "（本系统尚未设置各项目的主管与评审机构，请运维人员设置 QUAN_OFFICES）",
                en: "No offices are configured in this installation. The operator must set QUAN_OFFICES."))
    }
}
