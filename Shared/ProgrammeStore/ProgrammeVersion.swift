/// The id and version number of a programme.
public struct ProgrammeVersion: Sendable, Hashable, Codable {
    /// The programme's id.
    public let programmeID: String
    /// The version, from 1.
    public let version: Int

    /// A version.
    public init(programmeID: String, version: Int) { (self.programmeID, self.version) = (programmeID, version) }
}
