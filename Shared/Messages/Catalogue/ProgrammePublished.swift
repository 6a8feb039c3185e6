/// A version of a programme was published. It is in force on the dates that it states itself. Keyed by the programme's id.
public struct ProgrammePublished: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("catalogue", "programme-published")

    /// The programme's id, `beijing-2026`.
    public let programmeID: String
    /// The version, from 1.
    public let version: Int
    /// The programme's files, unchanged.
    public let files: ProgrammeFiles

    /// A published version.
    public init(programmeID: String, version: Int, files: ProgrammeFiles) {
        self.programmeID = programmeID
        self.version = version
        self.files = files
    }
}
