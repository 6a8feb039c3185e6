import Configuration

/// Gathers everything that is wrong with the settings, so that one start shows an operator all of it.
struct SettingsCheck {
    let declarations: [SettingDeclaration]
    private(set) var problems: [SettingProblem] = []

    init(declarations: [SettingDeclaration]) {
        self.declarations = declarations
    }

    mutating func refuse(_ name: String, _ origin: SettingOrigin, _ reason: String) {
        problems.append(SettingProblem(name: name, origin: origin, reason: reason))
    }

    /// Refuses words that belong to no flag, and flags given twice: which of the two was meant cannot be known.
    mutating func refuseStrayArguments(_ arguments: [String]) {
        let lists = Set(declarations.filter { $0.kind == .list }.map(\.flagName))
        var seen: Set<String> = []
        var takesValue = false
        for argument in arguments {
            guard argument.hasPrefix("--") else {
                if !takesValue { refuse(argument, .flag, "belongs to no flag; a value follows its flag, as in --http-port 8080") }
                takesValue = false
                continue
            }
            let name = String(argument.prefix { $0 != "=" })
            takesValue = !argument.contains("=")
            if !seen.insert(name).inserted, !lists.contains(name) { refuse(name, .flag, "is given more than once") }
        }
    }

    /// Where the configuration file is, if one is named.
    mutating func filePath(in sources: [SettingSource], environment: [String: String]) -> String? {
        guard let flags = sources.first(where: { $0.origin == .flag }), flags.names.contains(SettingName.fileFlag) else {
            return environment[SettingName.fileVariable].flatMap { $0.isEmpty ? nil : $0 }
        }
        let key = AbsoluteConfigKey([String(SettingName.fileFlag.dropFirst(2))])
        if case .stringArray(let parts)? = (try? flags.snapshot.value(forKey: key, type: .stringArray))?.value?.content, !parts.isEmpty {
            return parts.joined(separator: ",")
        }
        refuse(SettingName.fileFlag, .flag, "needs the path of a configuration file")
        return nil
    }

    /// Refuses what no declaration covers, with the nearest name that one does.
    mutating func refuseUnknownNames(in source: SettingSource) {
        var known = Set(declarations.map { source.spelling(of: $0.key) })
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
            let advice = nearest.map { "did you mean \($0)?" } ?? "\(SettingName.helpFlag) lists all there are"
            refuse(name, source.origin, "is not a setting; \(advice)")
        }
    }

    /// Each setting's value from the first source that has it.
    mutating func resolve(_ sources: [SettingSource]) -> Settings {
        var resolved: [String: Settings.Resolved] = [:]
        for declaration in declarations {
            resolved[declaration.key] =
                declaration.kind == .properties ? properties(of: declaration, sources) : value(of: declaration, sources)
        }
        return Settings(resolved: resolved)
    }

    private mutating func value(of declaration: SettingDeclaration, _ sources: [SettingSource]) -> Settings.Resolved {
        for source in sources {
            do {
                guard let content = try source.content(of: declaration) else { continue }
                return Settings.Resolved(declaration: declaration, content: content, origin: source.origin)
            } catch {
                refuseValue(error, name: source.spelling(of: declaration.key), source.origin, declaration)
                return Settings.Resolved(declaration: declaration, content: nil, origin: source.origin)
            }
        }
        if declaration.isRequired {
            let ways = "set \(declaration.environmentName), \(declaration.flagName) or \(declaration.key) in the file"
            refuse(declaration.key, .standard, "has no value and must have one: \(declaration.summary) Mend: \(ways)")
        }
        return Settings.Resolved(declaration: declaration, content: declaration.standard, origin: .standard)
    }

    /// Properties are merged one by one: a flag replaces only the property that it names.
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
        _ bad: BadValue, name: String, _ origin: SettingOrigin, _ declaration: SettingDeclaration
    ) {
        let expected = declaration.kind == .properties ? SettingKind.text.expectation : declaration.kind.expectation
        let value = bad.text.map { declaration.isSecret ? "its value (secret, not shown)" : "'\($0)'" } ?? "what it is given"
        refuse(name, origin, "\(value) is not \(expected)")
    }
}
