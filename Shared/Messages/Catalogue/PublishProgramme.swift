public import Kernel

/// Asks the catalogue to publish a version of a programme to every service.
///
/// The same id and version with other files is refused: a published version never changes.
public struct PublishProgramme: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("catalogue", "publish-programme")

    /// The programme's files.
    public let files: ProgrammeFiles

    /// Publishes a programme.
    public init(files: ProgrammeFiles) { self.files = files }
}

/// The files of one version of a programme: its own, and the clause registries it names.
public struct ProgrammeFiles: Codable, Sendable, Hashable {
    /// A file name and its text.
    public struct File: Codable, Sendable, Hashable {
        /// The file's name without its folder, `beijing-2026.yaml`.
        @Text<FileNameText> public private(set) var name: String
        /// Its text.
        @Text<DocumentText> public private(set) var text: String

        /// A file.
        public init(name: String, text: String) { (self.name, self.text) = (name, text) }
    }

    /// The programme's file.
    public let programme: File
    /// The clause registries.
    public let clauses: [File]
    /// The interpretations; nil if the programme uses none.
    public let interpretations: File?

    /// The files of a programme.
    public init(programme: File, clauses: [File], interpretations: File?) {
        self.programme = programme
        self.clauses = clauses
        self.interpretations = interpretations
    }
}
