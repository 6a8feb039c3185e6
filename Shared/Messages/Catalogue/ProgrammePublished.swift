/// A version of a programme is in force from its own dates on. Keyed by the programme's id.
public struct ProgrammePublished: Event, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("catalogue", "programme-published")

    /// The programme's id, `beijing-2026`.
    public let programmeID: String
    /// The version, from 1.
    public let version: Int
    /// The files as they stand.
    public let files: ProgrammeFiles

    /// A published version.
    public init(programmeID: String, version: Int, files: ProgrammeFiles) {
        self.programmeID = programmeID
        self.version = version
        self.files = files
    }
}
