/// The text that a service prints for `--help`: every setting once, with all it takes to set it right.
public enum SettingsHelp {
    /// Renders the list.
    ///
    /// - Parameters:
    ///   - program: the executable's name.
    ///   - purpose: one sentence on what the service does.
    ///   - declarations: its settings; those of one group (`database.`) stand together in the order given.
    public static func text(program: String, purpose: String, declarations: [SettingDeclaration]) -> String {
        var lines = [
            "\(program): \(purpose)", "",
            "Usage: \(program) [\(SettingName.fileFlag) FILE] [FLAG VALUE ...]", "",
            "Settings are taken from flags, else from QUAN_* variables of the environment, else from the configuration",
            "file (\(SettingName.fileFlag) or \(SettingName.fileVariable); JSON or YAML), else from their defaults. An unknown name or a",
            "bad value is refused (\(SettingsRefusal.rule)). Secrets belong in the environment or in the file: flags are seen by",
            "every user of the machine.",
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
        return [names, "      \(declaration.summary)", "      Takes \(declaration.kind.expectation); \(standard(of: declaration))."]
    }

    private static func standard(of declaration: SettingDeclaration) -> String {
        if declaration.isRequired { return "must be set" }
        guard let text = declaration.standard?.text, !text.isEmpty else { return "not set by default" }
        return "default \(text)"
    }

    private static var exitCodes: String {
        "Exit codes:\n" + ExitCode.allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n")
    }
}
