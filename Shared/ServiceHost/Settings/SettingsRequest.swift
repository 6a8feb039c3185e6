/// The request that a process's arguments and environment make.
public enum SettingsRequest: Sendable {
    /// Run with these settings.
    case run(Settings)
    /// Print the list of settings and end.
    case help

    /// Reads and checks the settings. Flags take precedence over the environment, the environment over the file, the file over defaults.
    ///
    /// - Parameters:
    ///   - arguments: the process's arguments without the program's own name.
    ///   - environment: the process's environment.
    ///   - declarations: every setting of the service.
    ///   - rules: the rules between the settings.
    /// - Throws: `SettingsRefusal` with all problems: unknown names, invalid values, missing required settings, values without a flag,
    ///   an unreadable file, violated rules.
    public static func read(
        arguments: [String], environment: [String: String], declarations: [SettingDeclaration], rules: [SettingsRule] = []
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
        check.apply(rules, to: settings)
        guard check.problems.isEmpty else { throw SettingsRefusal(problems: check.problems) }
        return .run(settings)
    }
}
