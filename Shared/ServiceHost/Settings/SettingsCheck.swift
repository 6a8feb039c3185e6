import Configuration

/// Reads and checks the settings, and collects all problems, so that one start shows all of them.
struct SettingsCheck {
    let declarations: [SettingDeclaration]
    private(set) var problems: [SettingProblem] = []
    /// The keys of settings that already have a problem.
    private var refusedKeys: Set<String> = []

    init(declarations: [SettingDeclaration]) {
        self.declarations = declarations
    }

    mutating func refuse(_ name: String, _ origin: SettingOrigin, _ reason: String) {
        problems.append(SettingProblem(name: name, origin: origin, reason: reason))
    }

    /// Refuses values without a flag, and flags that are given more than once, because the intended value is unknown.
    mutating func refuseStrayArguments(_ arguments: [String]) {
        let lists = Set(declarations.filter { $0.kind == .list }.map(\.flagName))
        var seen: Set<String> = []
        var takesValue = false
        for argument in arguments {
            guard argument.hasPrefix("--") else {
                if !takesValue { refuse(argument, .flag, "is a value without a flag; write it after its flag, as in --http-port 8080") }
                takesValue = false
                continue
            }
            let name = String(argument.prefix { $0 != "=" })
            takesValue = !argument.contains("=")
            if !seen.insert(name).inserted, !lists.contains(name) { refuse(name, .flag, "is given more than once") }
        }
    }

    /// The path of the configuration file; nil when none is named.
    mutating func filePath(in sources: [SettingSource], environment: [String: String]) -> String? {
        guard let flags = sources.first(where: { $0.origin == .flag }), flags.names.contains(SettingName.fileFlag) else {
            return environment[SettingName.fileVariable].flatMap { $0.isEmpty ? nil : $0 }
        }
        let key = AbsoluteConfigKey([String(SettingName.fileFlag.dropFirst(2))])
        if case .stringArray(let parts)? = (try? flags.snapshot.value(forKey: key, type: .stringArray))?.value?.content, !parts.isEmpty {
            return parts.joined(separator: ",")
        }
        refuse(SettingName.fileFlag, .flag, "requires the path of a configuration file")
        return nil
    }

    /// Refuses names that are not declared, and suggests the nearest declared name.
    mutating func refuseUnknownNames(in source: SettingSource) {
        var known = Set(declarations.flatMap { [$0.key] + ($0.formerKey.map { [$0] } ?? []) }.map(source.spelling))
        switch source.origin {
        case .flag: known.formUnion([SettingName.fileFlag, SettingName.helpFlag])
        case .environment: known.insert(SettingName.fileVariable)
        case .file, .standard: break
        }
        let groups = declarations.filter { $0.kind == .properties }
        known.subtract(groups.map { source.spelling(of: $0.key) })
        for name in source.names where !known.contains(name) {
            if groups.contains(where: { source.property(of: name, below: $0.key) != nil }) { continue }
            let nearest = SettingName.nearest(to: name, among: known)
            let advice = nearest.map { "did you mean \($0)?" } ?? "\(SettingName.helpFlag) lists all settings"
            refuse(name, source.origin, "is not a setting; \(advice)")
        }
    }

    /// Reads each setting from the first source that has it.
    mutating func resolve(_ sources: [SettingSource]) -> Settings {
        var resolved: [String: Settings.Resolved] = [:]
        for declaration in declarations {
            resolved[declaration.key] =
                declaration.kind == .properties ? properties(of: declaration, sources) : value(of: declaration, sources)
        }
        return Settings(resolved: resolved)
    }

    /// Applies the rules. A setting that already has a problem is not reported a second time.
    mutating func apply(_ rules: [SettingsRule], to settings: Settings) {
        for rule in rules where !refusedKeys.contains(rule.key) {
            guard let problem = rule.problem(settings) else { continue }
            refusedKeys.insert(rule.key)
            problems.append(problem)
        }
    }

    private mutating func value(of declaration: SettingDeclaration, _ sources: [SettingSource]) -> Settings.Resolved {
        for source in sources {
            for key in [declaration.key, declaration.formerKey].compactMap(\.self) {
                do {
                    guard let content = try source.content(of: declaration, at: key) else { continue }
                    refuseFormerName(of: declaration, besides: key, in: source)
                    return Settings.Resolved(declaration: declaration, content: content, origin: source.origin)
                } catch {
                    refuseValue(error, name: source.spelling(of: key), source.origin, declaration)
                    return Settings.Resolved(declaration: declaration, content: nil, origin: source.origin)
                }
            }
        }
        if declaration.isRequired {
            refusedKeys.insert(declaration.key)
            let ways = "set \(declaration.environmentName), \(declaration.flagName) or \(declaration.key) in the file"
            refuse(declaration.key, .standard, "has no value but is required: \(declaration.summary) Remedy: \(ways)")
        }
        return Settings.Resolved(declaration: declaration, content: declaration.standard, origin: .standard)
    }

    /// Refuses a former name in a source that also has the current name.
    private mutating func refuseFormerName(of declaration: SettingDeclaration, besides key: String, in source: SettingSource) {
        guard let former = declaration.formerKey, key != former else { return }
        let (name, formerName) = (source.spelling(of: key), source.spelling(of: former))
        guard source.names.contains(formerName) else { return }
        refuse(formerName, source.origin, "is the former name of \(name), which is set too; remove the former name")
    }

    /// Merges the properties of all sources one by one: a flag replaces only the property that it names.
    private mutating func properties(of declaration: SettingDeclaration, _ sources: [SettingSource]) -> Settings.Resolved {
        var merged: [String: String] = [:]
        var origin = SettingOrigin.standard
        for source in sources {
            for name in source.names {
                guard let property = source.property(of: name, below: declaration.key), merged[property] == nil else { continue }
                do {
                    merged[property] = try source.text(ofProperty: property, below: declaration.key)
                    if origin == .standard { origin = source.origin }
                } catch {
                    refuseValue(error, name: name, source.origin, declaration)
                }
            }
        }
        return Settings.Resolved(declaration: declaration, content: .properties(merged), origin: origin)
    }

    private mutating func refuseValue(
        _ bad: InvalidValue, name: String, _ origin: SettingOrigin, _ declaration: SettingDeclaration
    ) {
        refusedKeys.insert(declaration.key)
        let expected = declaration.kind == .properties ? SettingKind.text.expectation : declaration.kind.expectation
        let value = bad.text.map { declaration.isSecret ? "its value (secret, not shown)" : "'\($0)'" } ?? "its value"
        refuse(name, origin, "\(value) is not \(expected)")
    }
}
