import Programme

/// What the audit trail keeps of a decision beside the message itself: the programme's version it was taken under.
struct DecidedUnder: Encodable {
    let programmeID: String
    let programmeVersion: Int

    init(_ programme: Programme) { (programmeID, programmeVersion) = (programme.id, programme.version) }
}
