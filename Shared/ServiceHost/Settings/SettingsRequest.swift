/// What a process's arguments and environment ask for.
public enum SettingsRequest: Sendable {
    /// To run with these settings.
    case run(Settings)
    /// To print the list of settings and end.
    case help

    /// Reads and checks everything that sets something: flags, then the environment, then the file, then defaults.
    ///
    /// - Parameters:
    ///   - arguments: the process's arguments without the program's own name.
    ///   - environment: the process's environment.
    ///   - declarations: every setting of the service.
    /// - Throws: `SettingsRefusal` with all that is wrong: unknown names with the nearest known one, bad values with
    ///   what is expected, required settings that nobody set, stray arguments, a file that cannot be read.
    public static func read(
        arguments: [String], environment: [String: String], declarations: [SettingDeclaration]
    ) throws(SettingsRefusal) -> SettingsRequest {
        if arguments.contains(SettingName.helpFlag) || arguments.contains("-h") { return .help }
        var check = SettingsCheck(declarations: declarations)
        check.refuseStrayArguments(arguments)
        var sources = [SettingSource.flags(arguments), SettingSource.environment(environment)]
        if let path = check.filePath(in: sources, environment: environment) {
            do {
                sources.append(try SettingSource.file(path))
            } catch {
                check.refuse(path, .file(path), error.reason)
            }
        }
        for source in sources { check.refuseUnknownNames(in: source) }
        let settings = check.resolve(sources)
        guard check.problems.isEmpty else { throw SettingsRefusal(problems: check.problems) }
        return .run(settings)
    }
}
