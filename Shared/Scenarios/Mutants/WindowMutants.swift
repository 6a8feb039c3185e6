import Kernel
import Programme

extension MutantMaker {
    mutating func makeWindowMutants() {
        for (index, window) in programme.windows.enumerated() {
            let path = "windows.\(window.id)"
            let owners = owners(using: window.id)
            for (what, edge) in window.opens.neighbours {
                add(path, "opens \(what)", window.citation, owners: owners) { $0.windows[index].opens = edge }
            }
            for (what, edge) in window.closes.neighbours {
                add(path, "closes \(what)", window.citation, owners: owners) { $0.windows[index].closes = edge }
            }
            add(path, window.mayEndEarlier ? "may not end earlier" : "may end earlier", window.citation, owners: owners) {
                $0.windows[index].mayEndEarlier.toggle()
            }
        }
    }

    /// The owners of the procedures whose steps or deadlines depend on a window.
    private func owners(using window: String) -> Set<String> {
        Set(
            programme.procedures.filter { procedure in
                procedure.steps.contains { $0.window == window || $0.waits(for: window) }
                    || procedure.deadlines.contains { $0.length == .windowCloses(window) || $0.start == .windowCloses(window) }
            }.map(\.owner))
    }
}

extension Step {
    fileprivate func waits(for window: String) -> Bool {
        guard case .needs(_, let windows)? = cause else { return false }
        return windows.contains { $0.window == window }
    }
}

extension Window.Edge {
    fileprivate var neighbours: [(String, Window.Edge)] {
        func days(_ date: CalendarDate?) -> [(String, CalendarDate)] {
            guard let date else { return [] }
            return [("a day later", 1), ("a day earlier", -1)].compactMap { what, step in (try? date.adding(days: step)).map { (what, $0) }
            }
        }
        switch self {
        case .on(let day): return days(day).map { ($0.0, .on($0.1)) }
        case .announced(let notPast): return days(notPast).map { ("at the latest \($0.0)", .announced(notPast: $0.1)) }
        case .after(let window, let count, let notPast):
            return [(count + 1, "a day later"), (count - 1, "a day earlier")].map { days, what in
                (what, .after(window: window, calendarDays: days, notPast: notPast))
            } + days(notPast).map { ("at the latest \($0.0)", .after(window: window, calendarDays: count, notPast: $0.1)) }
        case .programme: return []
        }
    }
}
