/// The text that a service prints for `--help`: every setting with its names, purpose, bounds and default.
public enum SettingsHelp {
    /// Renders the list.
    ///
    /// - Parameters:
    ///   - program: the executable's name.
    ///   - purpose: one sentence on what the service does.
    ///   - declarations: its settings, in order; adjacent settings of one group (`database.`) get one heading.
    public static func text(program: String, purpose: String, declarations: [SettingDeclaration]) -> String {
        var lines = [
            "\(program): \(purpose)", "",
            "Usage: \(program) [\(SettingName.fileFlag) FILE] [FLAG VALUE ...]", "",
            "Each setting is read from the first source that has it: flags, QUAN_* environment variables, the configuration",
            "file (\(SettingName.fileFlag) or \(SettingName.fileVariable); JSON or YAML), the default. An unknown name or an invalid",
            "value is refused (\(SettingsRefusal.rule)). Put secrets in the environment or in the file, because every user of the machine",
            "can see flags.",
        ]
        var group = ""
        for declaration in declarations {
            let head = String(declaration.key.prefix { $0 != "." })
            if head != group {
                group = head
                lines += ["", "\(group):"]
            }
            lines += entry(for: declaration)
        }
        return (lines + ["", exitCodes]).joined(separator: "\n") + "\n"
    }

    private static func entry(for declaration: SettingDeclaration) -> [String] {
        var names = "  \(declaration.flagName)  \(declaration.environmentName)  \(declaration.key)"
        if declaration.kind == .properties {
            names = "  \(declaration.flagName)-NAME  \(declaration.environmentName)_NAME  \(declaration.key).NAME"
        }
        return [names, "      \(declaration.summary)", "      Value: \(declaration.kind.expectation); \(standard(of: declaration))."]
    }

    private static func standard(of declaration: SettingDeclaration) -> String {
        if declaration.isRequired { return "required" }
        guard let text = declaration.standard?.text, !text.isEmpty else { return "not set by default" }
        return "default \(text)"
    }

    private static var exitCodes: String {
        "Exit codes:\n" + ExitCode.allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n")
    }
}
