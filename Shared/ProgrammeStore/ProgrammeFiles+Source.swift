public import Kernel
public import Messages
public import Programme
import StrictJSON

extension ProgrammeSource {
    /// The source texts of a published programme.
    public init(_ files: ProgrammeFiles) {
        self.init(
            programme: SourceText(files.programme), clauses: files.clauses.map { SourceText($0) },
            interpretations: files.interpretations.map { SourceText($0) })
    }
}

extension ProgrammeFiles {
    /// The files as published in messages.
    public init(_ source: ProgrammeSource) {
        self.init(
            programme: File(source.programme), clauses: source.clauses.map { File($0) },
            interpretations: source.interpretations.map { File($0) })
    }

    /// The hash of the files' names and texts. Throws an encoding error.
    public func contentHash() throws -> ContentHash { ContentHash(of: try StrictJSON.encode(self)) }
}

extension SourceText {
    fileprivate init(_ file: ProgrammeFiles.File) { self.init(name: file.name, text: file.text) }
}

extension ProgrammeFiles.File {
    fileprivate init(_ source: SourceText) { self.init(name: source.name, text: source.text) }
}
