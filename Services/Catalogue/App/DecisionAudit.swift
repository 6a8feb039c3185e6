import Programme

/// The audit record of a decision: the programme version it was made under. The audit trail keeps the message itself too.
struct DecisionAudit: Encodable {
    let programmeID: String
    let programmeVersion: Int

    init(_ programme: Programme) { (programmeID, programmeVersion) = (programme.id, programme.version) }
}
