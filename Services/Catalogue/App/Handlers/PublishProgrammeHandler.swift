import CatalogueDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Publishes a version of a programme. The same version is published again, so that a new service can be started.
struct PublishProgrammeHandler: Handler {
    /// The answer to the operator.
    struct Answer: Encodable {
        let programmeID: String
        let version: Int
        /// Whether the version had been published before.
        let isAgain: Bool
        /// Warnings for the operator, one line each.
        let warnings: [String]
    }

    func requestRows(for input: PublishProgramme, in rows: inout CatalogueRows) {}

    func handle(_ input: PublishProgramme, context: HandlingContext, rows: inout CatalogueRows, output: inout HandlerOutput) throws {
        try ProgrammePublication.checkSource(context.envelope.source)
        let loaded = try ProgrammePublication.check(ProgrammeSource(input.files))
        let version = ProgrammeVersion(programmeID: loaded.programme.id, version: loaded.programme.version)
        let published = rows.programmes.contentHash(of: version)
        try ProgrammePublication.checkUnchanged(
            loaded.programme, hash: try input.files.contentHash().hexadecimal, published: published)

        let event = ProgrammePublished(programmeID: version.programmeID, version: version.version, files: input.files)
        try rows.programmes.record(event)
        try output.publish(event, key: version.programmeID)
        try output.answer(
            Answer(
                programmeID: version.programmeID, version: version.version, isAgain: published != nil,
                warnings: loaded.warnings.prefix(ProgrammePublication.faultsToldAtMost).map(\.description)))
    }
}
